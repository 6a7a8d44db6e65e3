/**
 * Conditional answers: JSON carries the tag of what it says, and whoever names that tag in If-None-Match is
 * told 304 while it says the same. A program that holds a month asks so whether late readings have corrected
 * it (RFC 9110 §13.1.2). Tables as CSV have no tag: they are sent as they are read.
 */
import { createHash } from 'node:crypto'
import type { onSendHookHandler } from 'fastify'
import * as z from 'zod'

export const IfNoneMatch = z.looseObject({
  'if-none-match': z.string().optional().meta({
    description: 'The ETag of an earlier answer to the same question; 304 while it still says the same',
  }),
})

/** 304 has no body. */
export const Unchanged = z.undefined().meta({ description: 'As the answer whose ETag was named' })

/** For the routes whose answer may be long and is mostly the one of last time. */
export const unlessUnchanged: onSendHookHandler = async ({ headers }, reply, payload) => {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload
  const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
  reply.header('etag', tag)
  if (!names(headers['if-none-match'], tag)) return payload
  reply.code(304).removeHeader('content-type').removeHeader('content-length')
  return null
}

/** Tags are compared weakly: a proxy that has compressed an answer puts `W/` before them. */
const names = (asked = '', tag: string): boolean =>
  asked.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag)
