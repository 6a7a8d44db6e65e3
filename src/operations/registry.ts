/**
 * Who may come in: users with a password, browsers with a session, machines with a token of a
 * role, devices and bridges with an MQTT password of their own. Only hashes are kept.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { DEVICE_ID, type DeviceId } from '../model/reading.ts'
import { said } from '../model/refusal.ts'
import { type Accounts, accountsOver, assertPassword } from './accounts.ts'
import { attempts, type Guess } from './attempts.ts'
import type { Identity, Role } from './roles.ts'
import {
  hashPassword,
  hashToken,
  isOutdated,
  newPassword,
  newToken,
  passwordFits,
  tokenFits,
} from './secrets.ts'
import type { Store, Write } from './store.ts'
import type { Tables } from './tables.ts'

/** Whom an MQTT user name and password belong to. */
export type MqttIdentity =
  | { readonly is: 'device'; readonly id: DeviceId }
  | { readonly is: 'bridge'; readonly name: string }

export type TokenHolder = { readonly kind: 'device' | 'bridge'; readonly name: string }

export interface Registry extends Accounts {
  /**
   * The password of a new `admin`, once, on the first start; undefined where there is a user already. It
   * stands in `<dir>/initial-admin-password` too (mode 600), until the first sign-in.
   */
  firstAdmin(): Promise<string | undefined>
  /** `address`: where the guess comes from. Throws `wrong-credentials` or `too-many-attempts`. `session` is for the cookie. */
  signIn(
    user: string,
    password: string,
    address: string,
  ): Promise<{ readonly session: string; readonly identity: Identity }>
  /** Undefined where it is unknown, ended or expired. */
  session(id: string): Promise<Identity | undefined>
  signOut(id: string): Promise<void>
  /** Ends every other session of the user. Throws `wrong-credentials`, `too-many-attempts` or `invalid-input`. */
  changePassword(user: string, current: string, next: string, keepSession: string): Promise<void>
  /** Undefined where it is unknown or revoked. */
  token(bearer: string): Promise<Identity | undefined>
  /** A new MQTT password, shown this once; the one before ceases to be valid. Throws `invalid-input` for a name that none can have. */
  issueDeviceToken(id: DeviceId, by: string): Promise<string>
  issueBridgeToken(name: string, by: string): Promise<string>
  /**
   * Many at once, for a program that speaks in many names and gets them anew at each start. They are one entry of the
   * audit, but for those that somebody else had issued before: each of these has its own.
   */
  issueTokens(to: readonly TokenHolder[], by: string): Promise<ReadonlyMap<string, string>>
  checkDevice(username: string, password: string): Promise<MqttIdentity | undefined>
  /** Who issued the present password of each device and bridge. */
  issuers(): Promise<ReadonlyMap<string, string>>
  /** Devices and bridges whose present password was issued at or after an instant, and when. */
  issuedSince(since: Instant): Promise<readonly { readonly name: string; readonly at: Instant }[]>
}

export type RegistryParts = {
  readonly dir: string
  /** A session nobody used for so long has ended. */
  readonly sessionIdleMs: number
  readonly sessionMaxMs: number
}

const ADMIN = 'admin'
const INITIAL_PASSWORD = 'initial-admin-password'
/** Open sessions of one user; a further sign-in ends the one unused for longest. */
const SESSIONS_OF_USER = 50
/** Passwords of devices that are issued in one transaction: others wait for it. */
const SLICE = 500
/** Of those that one entry of the audit stands for. */
const NAMED = 50
/** So long a use of a session may go unwritten, to spare a commit per request. */
const SEEN_EVERY_MS = 5 * 60_000

export function registryOver(store: Store, { dir, sessionIdleMs, sessionMaxMs }: RegistryParts): Registry {
  const { db, clock, write, counts } = store
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

  const begun = (guess: Guess) => {
    try {
      return tries.begin(guess)
    } catch (cause) {
      counts.lockedSignIns++
      throw cause
    }
  }

  async function checkPassword(name: string, password: string, address: string): Promise<Tables['users']> {
    const wasRight = begun({ user: name, address })
    const found = await user(name)
    const fits = await passwordFits(password, found?.password ?? (await nobodysPassword()))
    if (found && fits) {
      wasRight()
      return found
    }
    counts.failedSignIns++
    // Only for a user that exists: names out of the air must not fill the audit.
    if (found) await write(async ({ audit }) => audit({ by: name, action: 'session.refused', subject: name }))
    throw new GatehouseError('wrong-credentials', said('wrong-credentials'))
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

  const assertName = ({ kind, name }: TokenHolder) => {
    if (!DEVICE_ID.test(name))
      throw invalid(kind === 'device' ? 'device-name' : 'bridge-name', { name: JSON.stringify(name) })
  }

  const issueIn = async ({ db: tx }: Write, { kind, name }: TokenHolder, by: string): Promise<string> => {
    const token = newToken()
    const changing = { hash: hashToken(token), created_at: clock.now(), issued_by: by }
    await tx
      .insertInto('credentials')
      .values({ kind, name, ...changing })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(changing))
      .execute()
    return token
  }

  const noteIssued = ({ audit }: Write, { kind, name }: TokenHolder, by: string) =>
    audit({ by, action: `${kind}.token-issued`, subject: name })

  const issue = async (to: TokenHolder, by: string) => {
    assertName(to)
    return write(async (transaction) => {
      noteIssued(transaction, to, by)
      return issueIn(transaction, to, by)
    })
  }

  /** Of one slice. */
  const issueSome = (to: readonly TokenHolder[], by: string) =>
    write(async (transaction) => {
      const issued: [string, string][] = []
      const quiet: string[] = []
      for (const one of to) {
        const { kind, name } = one
        const before = await transaction.db
          .selectFrom('credentials')
          .select('issued_by')
          .where('kind', '=', kind)
          .where('name', '=', name)
          .executeTakeFirst()
        if (before && before.issued_by !== by) noteIssued(transaction, one, by)
        else quiet.push(name)
        issued.push([name, await issueIn(transaction, one, by)])
      }
      const details = { count: quiet.length, names: quiet.slice(0, NAMED) }
      if (quiet.length > 0) transaction.audit({ by, action: 'device.tokens-issued', subject: by, details })
      return issued
    })

  return {
    ...accountsOver(store),

    firstAdmin: async () => {
      const anyone = await db.selectFrom('users').select('name').limit(1).executeTakeFirst()
      if (anyone) return undefined
      const password = newPassword()
      const hash = await hashPassword(password)
      return write(async ({ db: tx, audit }) => {
        const row = {
          name: ADMIN,
          role: ADMIN,
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

    async signIn(name, password, address) {
      const found = await checkPassword(name, password, address)
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
      if (next === current) throw invalid('password-is-old')
      await checkPassword(name, current, hashToken(keepSession)) // guessed here, it locks nobody out elsewhere
      const password = await hashPassword(next)
      await write(async ({ db: tx, audit }) => {
        await tx.updateTable('users').set({ password }).where('name', '=', name).execute()
        const others = tx.deleteFrom('sessions').where('user_name', '=', name)
        await others.where('hash', '!=', hashToken(keepSession)).execute()
        audit({ by: name, action: 'user.password-changed', subject: name })
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

    issueDeviceToken: (id, by) => issue({ kind: 'device', name: id }, by),
    issueBridgeToken: (name, by) => issue({ kind: 'bridge', name }, by),

    async issueTokens(to, by) {
      for (const one of to) assertName(one)
      const issued: [string, string][] = []
      for (let from = 0; from < to.length; from += SLICE)
        issued.push(...(await issueSome(to.slice(from, from + SLICE), by)))
      return new Map(issued)
    },

    async issuers() {
      const found = await db.selectFrom('credentials').select(['name', 'issued_by']).execute()
      return new Map(found.map(({ name, issued_by: by }) => [name, by ?? 'somebody long ago']))
    },

    issuedSince: (since) =>
      db
        .selectFrom('credentials')
        .select(['name', 'created_at as at'])
        .where('created_at', '>=', since)
        .execute(),

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

function identityOf({ name, role, contractor }: Tables['users']): Identity {
  const identity = { name, role: role as Role, via: 'session' } as const
  return contractor === null ? identity : { ...identity, contractor }
}

const invalid = (...why: Parameters<typeof said>) => new GatehouseError('invalid-input', said(...why))
