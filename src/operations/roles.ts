/**
 * Who may be somebody here. A role says what one may do, a contractor's name on which orders. The rights
 * themselves are judged where the act is: at the desk and at the routes.
 */
import type { Actor } from '../model/work-order.ts'

export const ROLES = ['viewer', 'operator', 'energy', 'contractor', 'auditor', 'admin'] as const

export type Role = (typeof ROLES)[number]

export type Identity = {
  /** The user's name, or the token's label: it stands in histories and in the audit. */
  readonly name: Actor
  readonly role: Role
  /** The contractor it works for; its orders are those assigned to this name. */
  readonly contractor?: string
  readonly via: 'session' | 'token'
}

/** What the desk must know of whoever acts. */
export type Mover = Pick<Identity, 'name' | 'role' | 'contractor'>
