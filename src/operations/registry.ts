/**
 * Who may come in: users with a password, browsers with a session, machines with a token of a
 * role, devices and bridges with an MQTT password of their own. Only hashes are kept.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatehouseError } from '../model/errors.ts'
import { DEVICE_ID, type DeviceId } from '../model/reading.ts'
import { attempts } from './attempts.ts'
import type { Identity, Role } from './roles.ts'
import { hashPassword, hashToken, isOutdated, newToken, passwordFits, tokenFits } from './secrets.ts'
import type { Store, Write } from './store.ts'
import type { Tables } from './tables.ts'

export type NewUser = {
  readonly name: string
  readonly role: Role
  readonly password: string
  readonly scopes?: readonly string[]
  readonly contractor?: string
}

export type NewToken = {
  readonly role: Role
  readonly label?: string | undefined
  /** Needed by, and only by, the role `contractor`. */
  readonly contractor?: string | undefined
}

/** Whom an MQTT user name and password belong to. */
export type MqttIdentity =
  | { readonly is: 'device'; readonly id: DeviceId }
  | { readonly is: 'bridge'; readonly name: string }

export interface Registry {
  /**
   * The password of a new `admin`, once, on the first start; undefined where there is a user already. It
   * stands in `<dir>/initial-admin-password` too (mode 600), until the first sign-in.
   */
  firstAdmin(): Promise<string | undefined>
  /** Throws `wrong-credentials` or `too-many-attempts`. `session` is for the cookie. */
  signIn(user: string, password: string): Promise<{ readonly session: string; readonly identity: Identity }>
  /** Undefined where it is unknown, ended or expired. */
  session(id: string): Promise<Identity | undefined>
  signOut(id: string): Promise<void>
  /** Ends every other session of the user. Throws `wrong-credentials`, `too-many-attempts` or `invalid-input`. */
  changePassword(user: string, current: string, next: string, keepSession?: string): Promise<void>
  createUser(user: NewUser, by: string): Promise<void>
  /** Undefined where it is unknown or revoked. */
  token(bearer: string): Promise<Identity | undefined>
  /** The token itself, shown this once. Throws `invalid-input`. */
  createToken(token: NewToken, by: string): Promise<string>
  /** A new MQTT password, shown this once; the one before ceases to be valid. Throws `invalid-input` for a name that none can have. */
  issueDeviceToken(id: DeviceId, by: string): Promise<string>
  issueBridgeToken(name: string, by: string): Promise<string>
  checkDevice(username: string, password: string): Promise<MqttIdentity | undefined>
}

export type RegistryParts = {
  readonly dir: string
  /** A session nobody used for so long has ended. */
  readonly sessionIdleMs: number
  readonly sessionMaxMs: number
}

const ADMIN = 'admin'
const INITIAL_PASSWORD = 'initial-admin-password'
const PASSWORD_LENGTH = { min: 10, max: 256 } as const
const LABEL = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,62}$/u
/** Open sessions of one user; a further sign-in ends the one unused for longest. */
const SESSIONS_OF_USER = 50
/** So long a use of a session may go unwritten, to spare a commit per request. */
const SEEN_EVERY_MS = 5 * 60_000

export function registryOver(store: Store, { dir, sessionIdleMs, sessionMaxMs }: RegistryParts): Registry {
  const { db, clock, write } = store
  const tries = attempts(clock)
  const initialPassword = join(dir, INITIAL_PASSWORD)
  /** Checked where the user is unknown, so that the answer takes as long. */
  let nobodys: Promise<string> | undefined
  const nobodysPassword = () => {
    nobodys ??= hashPassword(newToken())
    return nobodys
  }

  const user = (name: string) =>
    db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst()

  async function checkPassword(name: string, password: string): Promise<Tables['users']> {
    tries.assertFree(name)
    const found = await user(name)
    const fits =
      password.length <= PASSWORD_LENGTH.max &&
      (await passwordFits(password, found?.password ?? (await nobodysPassword())))
    if (found && fits) {
      tries.succeeded(name)
      return found
    }
    tries.failed(name)
    // Only for a user that exists: names out of the air must not fill the audit.
    if (found) await write(async ({ audit }) => audit({ by: name, action: 'session.refused', subject: name }))
    throw new GatehouseError('wrong-credentials', 'User or password is wrong')
  }

  const openedSession = async ({ db: tx, audit }: Write, name: string): Promise<string> => {
    const session = newToken()
    const now = clock.now()
    await tx
      .insertInto('sessions')
      .values({ hash: hashToken(session), user_name: name, created_at: now, seen_at: now })
      .execute()
    const surplus = tx
      .selectFrom('sessions')
      .select('hash')
      .where('user_name', '=', name)
      .orderBy('seen_at', 'desc')
      .orderBy('created_at', 'desc')
      .limit(1_000)
      .offset(SESSIONS_OF_USER)
    await tx.deleteFrom('sessions').where('hash', 'in', surplus).execute()
    audit({ by: name, action: 'session.opened', subject: name })
    return session
  }

  const issue = async (kind: 'device' | 'bridge', name: string, by: string) => {
    if (!DEVICE_ID.test(name)) throw invalid(`${JSON.stringify(name)} is no name of a ${kind}`)
    return write(async ({ db: tx, audit }) => {
      const token = newToken()
      const changing = { hash: hashToken(token), created_at: clock.now() }
      await tx
        .insertInto('credentials')
        .values({ kind, name, ...changing })
        .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(changing))
        .execute()
      audit({ by, action: `${kind}.token-issued`, subject: name })
      return token
    })
  }

  return {
    firstAdmin: async () => {
      const anyone = await db.selectFrom('users').select('name').limit(1).executeTakeFirst()
      if (anyone) return undefined
      const password = newToken().slice(0, 20)
      const hash = await hashPassword(password)
      return write(async ({ db: tx, audit }) => {
        const row = {
          name: ADMIN,
          role: ADMIN,
          scopes: '[]',
          contractor: null,
          password: hash,
          created_at: clock.now(),
        }
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('users')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows === 0n) return undefined
        audit({ by: 'gateway', action: 'user.created', subject: ADMIN })
        // Before the commit: an account whose password nobody was told would be lost.
        await writeFile(initialPassword, `${password}\n`, { mode: 0o600, flush: true })
        return password
      })
    },

    async signIn(name, password) {
      const found = await checkPassword(name, password)
      const renewed = isOutdated(found.password) ? await hashPassword(password) : undefined
      const session = await write(async (transaction) => {
        if (renewed) {
          await transaction.db
            .updateTable('users')
            .set({ password: renewed })
            .where('name', '=', name)
            .execute()
        }
        return openedSession(transaction, name)
      })
      if (name === ADMIN) await rm(initialPassword, { force: true })
      return { session, identity: identityOf(found) }
    },

    async session(id) {
      const hash = hashToken(id)
      const found = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.name', 'sessions.user_name')
        .selectAll('users')
        .select(['sessions.seen_at', 'sessions.created_at as opened_at'])
        .where('hash', '=', hash)
        .executeTakeFirst()
      if (!found) return undefined
      const now = clock.now()
      if (now - found.seen_at > sessionIdleMs || now - found.opened_at > sessionMaxMs) {
        await write(({ db: tx }) => tx.deleteFrom('sessions').where('hash', '=', hash).execute())
        return undefined
      }
      if (now - found.seen_at > SEEN_EVERY_MS) {
        await write(({ db: tx }) =>
          tx.updateTable('sessions').set({ seen_at: now }).where('hash', '=', hash).execute(),
        )
      }
      return identityOf(found)
    },

    async signOut(id) {
      await write(async ({ db: tx, audit }) => {
        const hash = hashToken(id)
        const ended = await tx
          .deleteFrom('sessions')
          .where('hash', '=', hash)
          .returning('user_name')
          .executeTakeFirst()
        if (ended) audit({ by: ended.user_name, action: 'session.ended', subject: ended.user_name })
      })
    },

    async changePassword(name, current, next, keepSession) {
      assertPassword(next, name)
      if (next === current) throw invalid('The new password is the old one')
      await checkPassword(name, current)
      const password = await hashPassword(next)
      await write(async ({ db: tx, audit }) => {
        await tx.updateTable('users').set({ password }).where('name', '=', name).execute()
        const kept = keepSession === undefined ? '' : hashToken(keepSession)
        await tx.deleteFrom('sessions').where('user_name', '=', name).where('hash', '!=', kept).execute()
        audit({ by: name, action: 'user.password-changed', subject: name })
      })
    },

    async createUser({ name, role, password, scopes = [], contractor }, by) {
      if (!LABEL.test(name)) throw invalid(`${JSON.stringify(name)} cannot be a user's name`)
      assertContractor(role, contractor)
      assertPassword(password, name)
      const hash = await hashPassword(password)
      await write(async ({ db: tx, audit }) => {
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('users')
          .values({
            ...{ name, role, scopes: JSON.stringify(scopes), contractor: contractor ?? null },
            ...{ password: hash, created_at: clock.now() },
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows === 0n) throw invalid(`There is a user ${name} already`)
        audit({ by, action: 'user.created', subject: name, details: { role } })
      })
    },

    async token(bearer) {
      const found = await db
        .selectFrom('tokens')
        .selectAll()
        .where('hash', '=', hashToken(bearer))
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      if (!found) return undefined
      const { label, role, contractor } = found
      const identity = { name: label, role: role as Role, scopes: [], via: 'token' } as const
      return contractor === null ? identity : { ...identity, contractor }
    },

    async createToken({ role, label, contractor }, by) {
      assertContractor(role, contractor)
      const token = newToken()
      const hash = hashToken(token)
      const named = label ?? contractor ?? `${role}-${hash.slice(0, 8)}`
      if (!LABEL.test(named)) throw invalid(`${JSON.stringify(named)} cannot be a token's label`)
      return write(async ({ db: tx, audit }) => {
        await tx
          .insertInto('tokens')
          .values({
            ...{ hash, role, label: named, contractor: contractor ?? null },
            ...{ created_at: clock.now(), revoked_at: null },
          })
          .execute()
        audit({
          by,
          action: 'token.created',
          subject: named,
          details: { role, ...(contractor && { contractor }) },
        })
        return token
      })
    },

    issueDeviceToken: (id, by) => issue('device', id, by),
    issueBridgeToken: (name, by) => issue('bridge', name, by),

    async checkDevice(username, password) {
      const found = await db
        .selectFrom('credentials')
        .select(['kind', 'hash'])
        .where('name', '=', username)
        .execute()
      for (const { kind, hash } of found) {
        if (!tokenFits(password, hash)) continue
        return kind === 'device' ? { is: 'device', id: username } : { is: 'bridge', name: username }
      }
      return undefined
    },
  }
}

function identityOf({ name, role, scopes, contractor }: Tables['users']): Identity {
  const identity = { name, role: role as Role, scopes: JSON.parse(scopes), via: 'session' } as const
  return contractor === null ? identity : { ...identity, contractor }
}

const invalid = (sentence: string) => new GatehouseError('invalid-input', sentence)

function assertPassword(password: string, name: string): void {
  const { min, max } = PASSWORD_LENGTH
  if (password.length < min || password.length > max)
    throw invalid(`A password has ${min} to ${max} characters`)
  if (password.toLowerCase() === name.toLowerCase()) throw invalid('A password is not the user name')
}

function assertContractor(role: Role, contractor: string | undefined): void {
  if (role === 'contractor' && !contractor)
    throw invalid('The role contractor needs the name of a contractor')
  if (role !== 'contractor' && contractor) throw invalid('Only the role contractor works for a contractor')
}
