/**
 * Users and tokens of machines, as whoever administers them sees them: made, listed, given a new password,
 * taken away. What is taken away ends at once: its sessions are gone, and a live stream ends with its next
 * heartbeat.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { said } from '../model/refusal.ts'
import type { Identity, Role } from './roles.ts'
import { hashPassword, hashToken, newToken } from './secrets.ts'
import type { Store } from './store.ts'

export type NewUser = {
  readonly name: string
  readonly role: Role
  readonly password: string
  /** Needed by, and only by, the role `contractor`. */
  readonly contractor?: string | undefined
}

export type User = Omit<NewUser, 'password'> & {
  readonly createdAt: Instant
  /** Of the session used last, to some minutes; absent where none is open. */
  readonly seenAt?: Instant
}

export type NewToken = {
  readonly role: Role
  readonly label?: string | undefined
  readonly contractor?: string | undefined
}

export type Token = {
  /** It tells tokens apart and opens nothing. */
  readonly id: string
  readonly label: string
  readonly role: Role
  readonly contractor?: string
  readonly createdAt: Instant
}

export interface Accounts {
  /** By name. */
  users(): Promise<readonly User[]>
  /** Throws `invalid-input`, also where there is such a user already. */
  createUser(user: NewUser, by: string): Promise<void>
  /** For who forgot it; ends all sessions. Throws `not-found` or `invalid-input`. */
  setPassword(name: string, password: string, by: string): Promise<void>
  /** Throws `not-found`, or `invalid-input` for the last admin. */
  removeUser(name: string, by: string): Promise<void>
  /** The token itself, shown this once. Throws `invalid-input`. */
  createToken(token: NewToken, by: string): Promise<string>
  /** Undefined where it is unknown or revoked. */
  token(bearer: string): Promise<Identity | undefined>
  /** Those in force, newest first. */
  tokens(): Promise<readonly Token[]>
  /** Throws `not-found`. */
  revokeToken(id: string, by: string): Promise<void>
}

const PASSWORD_LENGTH = { min: 10, max: 256 } as const
const LABEL = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,62}$/u
/** Of the hash: enough to name one of all tokens that there will ever be. */
const ID_LENGTH = 16
const ADMIN: Role = 'admin'

export function accountsOver({ db, clock, write }: Store): Accounts {
  return {
    async users() {
      const rows = await db
        .selectFrom('users')
        .leftJoin('sessions', 'sessions.user_name', 'users.name')
        .select(({ fn }) => [
          'name',
          'role',
          'contractor',
          'users.created_at',
          fn.max('seen_at').as('seen_at'),
        ])
        .groupBy('users.name')
        .orderBy('users.name')
        .execute()
      return rows.map(({ name, role, contractor, created_at, seen_at }) => ({
        name,
        role: role as Role,
        createdAt: created_at,
        ...(contractor !== null && { contractor }),
        ...(seen_at !== null && { seenAt: seen_at }),
      }))
    },

    async createUser({ name, role, password, contractor }, by) {
      if (!LABEL.test(name)) throw invalid('user-name', { name: JSON.stringify(name) })
      assertContractor(role, contractor)
      assertPassword(password, name)
      const hash = await hashPassword(password)
      await write(async ({ db: tx, audit }) => {
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('users')
          .values({
            name,
            role,
            contractor: contractor ?? null,
            password: hash,
            created_at: clock.now(),
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows === 0n) throw invalid('user-there', { user: name })
        audit({ by, action: 'user.created', subject: name, details: { role } })
      })
    },

    async setPassword(name, password, by) {
      assertPassword(password, name)
      const hash = await hashPassword(password)
      await write(async ({ db: tx, audit }) => {
        const { numUpdatedRows } = await tx
          .updateTable('users')
          .set({ password: hash })
          .where('name', '=', name)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) throw unknown('no-user', { user: name })
        await tx.deleteFrom('sessions').where('user_name', '=', name).execute()
        audit({ by, action: 'user.password-set', subject: name })
      })
    },

    async removeUser(name, by) {
      await write(async ({ db: tx, audit }) => {
        const found = await tx.selectFrom('users').select('role').where('name', '=', name).executeTakeFirst()
        if (!found) throw unknown('no-user', { user: name })
        const admins = await tx
          .selectFrom('users')
          .select('name')
          .where('role', '=', ADMIN)
          .limit(2)
          .execute()
        if (found.role === ADMIN && admins.length < 2) throw invalid('last-admin', { user: name })
        await tx.deleteFrom('users').where('name', '=', name).execute()
        await tx.deleteFrom('sessions').where('user_name', '=', name).execute()
        audit({ by, action: 'user.removed', subject: name, details: { role: found.role } })
      })
    },

    async createToken({ role, label, contractor }, by) {
      assertContractor(role, contractor)
      const token = newToken()
      const hash = hashToken(token)
      const named = label ?? contractor ?? `${role}-${hash.slice(0, 8)}`
      if (!LABEL.test(named)) throw invalid('token-label', { name: JSON.stringify(named) })
      return write(async ({ db: tx, audit }) => {
        await tx
          .insertInto('tokens')
          .values({
            hash,
            role,
            label: named,
            contractor: contractor ?? null,
            created_at: clock.now(),
            revoked_at: null,
          })
          .execute()
        const details = { id: idOf(hash), role, ...(contractor && { contractor }) }
        audit({ by, action: 'token.created', subject: named, details })
        return token
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
      const identity = { name: label, role: role as Role, via: 'token' } as const
      return contractor === null ? identity : { ...identity, contractor }
    },

    async tokens() {
      const rows = await db
        .selectFrom('tokens')
        .selectAll()
        .where('revoked_at', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('hash')
        .execute()
      return rows.map(({ hash, label, role, contractor, created_at }) => ({
        id: idOf(hash),
        label,
        role: role as Role,
        createdAt: created_at,
        ...(contractor !== null && { contractor }),
      }))
    },

    async revokeToken(id, by) {
      if (!/^[0-9a-f]{16}$/.test(id)) throw unknown('no-token', { token: id })
      await write(async ({ db: tx, audit }) => {
        const revoked = await tx
          .updateTable('tokens')
          .set({ revoked_at: clock.now() })
          .where('hash', 'like', `${id}%`)
          .where('revoked_at', 'is', null)
          .returning(['label', 'role'])
          .executeTakeFirst()
        if (!revoked) throw unknown('no-token', { token: id })
        audit({ by, action: 'token.revoked', subject: revoked.label, details: { id, role: revoked.role } })
      })
    },
  }
}

const idOf = (hash: string) => hash.slice(0, ID_LENGTH)

const invalid = (...why: Parameters<typeof said>) => new GatehouseError('invalid-input', said(...why))

const unknown = (...what: Parameters<typeof said>) => new GatehouseError('not-found', said(...what))

/** Throws `invalid-input`. */
export function assertPassword(password: string, name: string): void {
  const { min, max } = PASSWORD_LENGTH
  if (password.length < min || password.length > max) throw invalid('password-length', { min, max })
  if (password.toLowerCase() === name.toLowerCase()) throw invalid('password-is-name')
}

function assertContractor(role: Role, contractor: string | undefined): void {
  if (role === 'contractor' && !contractor) throw invalid('contractor-needed')
  if (role !== 'contractor' && contractor) throw invalid('contractor-only')
}
