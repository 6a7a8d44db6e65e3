/**
 * Secrets and their hashes. A password is slow to guess by design (argon2id); a token has 256 bits
 * of its own, so a plain SHA-256 does, and a storm of reconnecting devices costs nothing.
 */
import { type Argon2Parameters, argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { tooMany } from './attempts.ts'

const hashWithArgon2 = promisify(argon2)

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const

const TAG_BYTES = 32
const SALT_BYTES = 16

/** Each hash under way holds its 19 MiB. */
const AT_ONCE = 2
/** Some five seconds of hashing: whoever would wait longer is told to come again. */
const MOST_WAITING = 100
const RETRY_AFTER_S = 5

const B64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** 256 random bits, in letters that need no quoting anywhere. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** 120 random bits, short enough to be typed once. */
export const newPassword = (): string => newToken().slice(0, 20)

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

export function tokenFits(token: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(hash))
}

/** PHC string format: it names its own cost, so the cost can grow later. */
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

type Cost = Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism'>

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await derive(password, salt, COST, TAG_BYTES)
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${B64(salt)}$${B64(tag)}`
}

export async function passwordFits(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(phc) ?? []
  if (!memory) return false
  const wanted = Buffer.from(tag, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), cost, wanted.length), wanted)
}

/** Hashed at another cost than today's: to be hashed anew at the next sign-in. */
export function isOutdated(phc: string): boolean {
  const [, memory, passes, parallelism] = PHC.exec(phc) ?? []
  return memory !== `${COST.memory}` || passes !== `${COST.passes}` || parallelism !== `${COST.parallelism}`
}

let underWay = 0
const waiting: (() => void)[] = []

async function derive(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  if (waiting.length >= MOST_WAITING) throw tooMany(RETRY_AFTER_S)
  if (underWay >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else underWay++
  try {
    // The same password typed on another keyboard may come in another Unicode form.
    return await hashWithArgon2('argon2id', {
      ...cost,
      message: password.normalize('NFKC'),
      nonce,
      tagLength,
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else underWay--
  }
}
