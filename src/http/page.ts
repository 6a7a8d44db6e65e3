/** The control-room page: files of one directory, and index.html for every address the page itself knows. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'

export async function servePage(app: FastifyInstance, directory: string | undefined): Promise<void> {
  const built = directory !== undefined && existsSync(join(directory, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: directory,
      cacheControl: false,
      setHeaders(reply, path) {
        // Names under assets/ change with their content.
        const lasts = path.startsWith(join(directory, 'assets'))
        reply.header('cache-control', lasts ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async ({ method, url, headers }, reply) => {
    if (built && method === 'GET' && headers.accept?.includes('text/html')) {
      return reply.sendFile('index.html')
    }
    const path = url.split('?', 1)[0]?.slice(0, 200) ?? ''
    throw new GatehouseError('not-found', said('no-page', { method, path }))
  })
}
