/** The pages of the settings, and the right that each needs: one's own desk, and what the gateway runs by. */
import type { Right } from '../api/types.ts'

export const PAGES = [
  { path: '/settings', name: 'settings.page.own', right: 'site:read' },
  { path: '/settings/gateway', name: 'settings.page.gateway', right: 'links:read' },
  { path: '/settings/rules', name: 'settings.page.rules', right: 'rules:read' },
  { path: '/settings/notifications', name: 'settings.page.notifications', right: 'notifications:read' },
  { path: '/settings/users', name: 'settings.page.users', right: 'accounts:read' },
  { path: '/settings/tokens', name: 'settings.page.tokens', right: 'accounts:read' },
  { path: '/settings/dead-letters', name: 'settings.page.letters', right: 'dead-letters:read' },
  { path: '/settings/audit', name: 'settings.page.audit', right: 'audit:read' },
] as const satisfies { path: string; name: string; right: Right }[]
