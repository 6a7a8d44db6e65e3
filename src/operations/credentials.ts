/**
 * The MQTT passwords of devices and of bridges: one each, made by us, kept as hashes, shown once. A new one
 * ends the one before, and whoever is connected by that.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { DEVICE_ID, type DeviceId } from '../model/reading.ts'
import { said } from '../model/refusal.ts'
import { hashToken, newToken, tokenFits } from './secrets.ts'
import type { Store, Write } from './store.ts'

/** Whom an MQTT user name and password belong to. */
type MqttIdentity =
  | { readonly is: 'device'; readonly id: DeviceId }
  | { readonly is: 'bridge'; readonly name: string }

export type TokenHolder = { readonly kind: 'device' | 'bridge'; readonly name: string }

export interface Credentials {
  /**
   * A new MQTT password, shown this once; the one before ceases to be valid. Throws `invalid-input` for a
   * name that none can have.
   */
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

/** Passwords that are issued in one transaction: others wait for it. */
const SLICE = 500
/** Of those that one entry of the audit stands for. */
const NAMED = 50

export function credentialsOver({ db, clock, write }: Store): Credentials {
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

const invalid = (...why: Parameters<typeof said>) => new GatehouseError('invalid-input', said(...why))
