/**
 * People at the page: a user with a password opens a session, whose secret the browser keeps as a cookie.
 * Wrong guesses are slowed down by user and by address, and nobody learns from the time of an answer whether
 * a user exists.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'
import { assertPassword } from './accounts.ts'
import { attempts, type Guess } from './attempts.ts'
import type { Identity, Role } from './roles.ts'
import { hashPassword, hashToken, isOutdated, newPassword, newToken, passwordFits } from './secrets.ts'
import type { Store, Write } from './store.ts'
import type { Tables } from './tables.ts'

export interface Sessions {
  /**
   * The password of a new `admin`, once, on the first start; undefined where there is a user already. It
   * stands in `<dir>/initial-admin-password` too (mode 600), until the first sign-in.
   */
  firstAdmin(): Promise<string | undefined>
  /**
   * `address`: where the guess comes from. Throws `wrong-credentials` or `too-many-attempts`. `session` is
   * for the cookie.
   */
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
}

export type SessionParts = {
  readonly dir: string
  /** A session nobody used for so long has ended. */
  readonly sessionIdleMs: number
  readonly sessionMaxMs: number
}

const ADMIN = 'admin'
const INITIAL_PASSWORD = 'initial-admin-password'
/** Open sessions of one user; a further sign-in ends the one unused for longest. */
const SESSIONS_OF_USER = 50
/** So long a use of a session may go unwritten, to spare a commit per request. */
const SEEN_EVERY_MS = 5 * 60_000

export function sessionsOver(store: Store, { dir, sessionIdleMs, sessionMaxMs }: SessionParts): Sessions {
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

  return {
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
  }
}

function identityOf({ name, role, contractor }: Tables['users']): Identity {
  const identity = { name, role: role as Role, via: 'session' } as const
  return contractor === null ? identity : { ...identity, contractor }
}

const invalid = (...why: Parameters<typeof said>) => new GatehouseError('invalid-input', said(...why))
