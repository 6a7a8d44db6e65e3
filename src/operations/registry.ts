/**
 * Who may come in: users with a password, browsers with a session, machines with a token of a
 * role, devices and bridges with an MQTT password of their own. Only hashes are kept.
 */
import type { DeviceId } from '../model/reading.ts'
import type { Identity, Role } from './roles.ts'

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
  /** The password of a new `admin`, once, on the first start; undefined where there is a user already. */
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
