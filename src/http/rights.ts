/**
 * Who may do what: one table. A route names the right it needs; nothing else decides access,
 * except that a contractor's rights over orders reach only to the orders of its own.
 */
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import { movesFor } from '../operations/order-moves.ts'
import type { Identity, Role } from '../operations/roles.ts'

export const RIGHTS = [
  'site:read',
  'devices:read',
  'readings:read',
  'water-use:read',
  'alarms:read',
  'alarms:acknowledge',
  'alarms:shelve',
  'devices:service',
  'orders:read',
  'orders:create',
  'orders:move',
  'rules:read',
  'rules:test',
  'rules:reload',
  'rules:release',
  'links:read',
  'live:read',
  'dead-letters:read',
  'audit:read',
  'accounts:read',
  'accounts:write',
  'reports:read',
  'notifications:read',
  'notifications:retry',
] as const

export type Right = (typeof RIGHTS)[number]

const VIEWER: readonly Right[] = [
  'site:read',
  'devices:read',
  'readings:read',
  'water-use:read',
  'alarms:read',
  'orders:read',
  'rules:read',
  'links:read',
  'live:read',
  'reports:read',
  'notifications:read',
]

/** `site:read` and `live:read` open what is common ground; what is shown there still goes by the other rights. */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  viewer: VIEWER,
  operator: [
    ...VIEWER,
    'alarms:acknowledge',
    'alarms:shelve',
    'devices:service',
    'orders:create',
    'orders:move',
    'rules:test',
    'rules:release',
    'notifications:retry',
  ],
  energy: ['site:read', 'devices:read', 'readings:read', 'water-use:read', 'live:read'],
  contractor: ['site:read', 'orders:read', 'orders:move', 'live:read'],
  auditor: [...VIEWER, 'dead-letters:read', 'audit:read', 'accounts:read'],
  admin: RIGHTS,
}

export const rightsOf = (role: Role): readonly Right[] => RIGHTS_OF[role]

export const may = ({ role }: { readonly role: Role }, right: Right): boolean =>
  RIGHTS_OF[role].includes(right)

/** A contractor's reach: the orders assigned to its name. Others have no such limit. */
export const isOwn = (
  { role, contractor }: Pick<Identity, 'role' | 'contractor'>,
  { assignee }: Pick<WorkOrder, 'assignee'>,
): boolean => role !== 'contractor' || (contractor !== undefined && assignee === contractor)

/** Where whoever asks may move an order: nowhere, for roles that only read. */
export const movesOf =
  (caller: Pick<Identity, 'name' | 'role' | 'contractor'>) =>
  (order: WorkOrder): readonly OrderState[] =>
    may(caller, 'orders:move') ? movesFor(order, caller) : []
