/**
 * Who may do what: one table. A route names the right it needs; nothing else decides access,
 * except that a contractor's rights over orders reach only to the orders of its own.
 */
export const ROLES = ['viewer', 'operator', 'energy', 'contractor', 'auditor', 'admin'] as const

export type Role = (typeof ROLES)[number]

export const RIGHTS = [
  'site:read',
  'devices:read',
  'readings:read',
  'water-use:read',
  'alarms:read',
  'alarms:acknowledge',
  'orders:read',
  'orders:create',
  'orders:move',
  'rules:read',
  'links:read',
  'live:read',
  'dead-letters:read',
  'audit:read',
  'tokens:read',
  'tokens:write',
  'users:read',
  'users:write',
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
]

const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  viewer: VIEWER,
  operator: [...VIEWER, 'alarms:acknowledge', 'orders:create', 'orders:move'],
  energy: ['site:read', 'devices:read', 'readings:read', 'water-use:read', 'live:read'],
  contractor: ['site:read', 'orders:read', 'orders:move', 'live:read'],
  auditor: [...VIEWER, 'dead-letters:read', 'audit:read', 'tokens:read', 'users:read'],
  admin: RIGHTS,
}

export const rightsOf = (role: Role): readonly Right[] => RIGHTS_OF[role]

export const may = (role: Role, right: Right): boolean => RIGHTS_OF[role].includes(right)
