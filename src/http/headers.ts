/** Headers of every answer: nothing from another host is loaded, nobody frames the page, no type is guessed. */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** MapLibre starts its worker from a blob in some browsers; Mantine and Swagger UI write style attributes. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export type SetHeaders = (request: Pick<FastifyRequest, 'url'>, reply: FastifyReply) => void

/** Also for what is refused before it comes to any hook. */
export const headersOf =
  ({ behindHttps }: { readonly behindHttps: boolean }): SetHeaders =>
  ({ url }, reply) => {
    reply.headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    })
    if (behindHttps) reply.header('strict-transport-security', 'max-age=31536000')
    if (url.startsWith('/api/')) reply.headers({ 'cache-control': 'no-store', vary: 'Accept-Language' })
  }
