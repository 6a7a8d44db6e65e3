/**
 * Who may come in: users with a password, browsers with a session, machines with a token of a
 * role, devices and bridges with an MQTT password of their own. Only hashes are kept.
 */
import { type Accounts, accountsOver } from './accounts.ts'
import { type Credentials, credentialsOver } from './credentials.ts'
import { type SessionParts, type Sessions, sessionsOver } from './sessions.ts'
import type { Store } from './store.ts'

export type Registry = Accounts & Sessions & Credentials

export const registryOver = (store: Store, parts: SessionParts): Registry => ({
  ...accountsOver(store),
  ...sessionsOver(store, parts),
  ...credentialsOver(store),
})
