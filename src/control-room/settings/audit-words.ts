/** What stands in the audit by the gateway's names, and the words of the page for each. */

/** What is done to, in the order of how often one asks. */
export const NOUNS = [
  ...['alarm', 'order', 'session', 'user', 'token', 'rules', 'service'],
  ...['notification', 'notifications', 'device', 'bridge', 'journal', 'books', 'audit'],
] as const

export const ACTIONS = {
  'alarm.acknowledged': 'action.alarm-acknowledged',
  'alarm.escalated': 'action.alarm-escalated',
  'alarm.reset': 'action.alarm-reset',
  'alarm.shelved': 'action.alarm-shelved',
  'alarm.unshelved': 'action.alarm-unshelved',
  'journal.rebased': 'action.journal-rebased',
  'notification.retried': 'action.notification-retried',
  'notifications.retried': 'action.notifications-retried',
  'order.created': 'action.order-created',
  'order.joined': 'action.order-joined',
  'order.moved': 'action.order-moved',
  'order.overdue': 'action.order-overdue',
  'books.cut': 'action.books-cut',
  'audit.cut': 'action.audit-cut',
  'rules.changed': 'action.rules-changed',
  'rules.released': 'action.rules-released',
  'service.ended': 'action.service-ended',
  'service.taken': 'action.service-taken',
  'session.ended': 'action.session-ended',
  'session.opened': 'action.session-opened',
  'session.refused': 'action.session-refused',
  'token.created': 'action.token-created',
  'token.revoked': 'action.token-revoked',
  'user.created': 'action.user-created',
  'user.password-changed': 'action.user-password-changed',
  'user.password-set': 'action.user-password-set',
  'user.removed': 'action.user-removed',
  'device.token-issued': 'action.device-token-issued',
  'bridge.token-issued': 'action.bridge-token-issued',
  'device.tokens-issued': 'action.device-tokens-issued',
} as const

export type KnownAction = keyof typeof ACTIONS

export const DETAILS = [
  ...['alarm', 'alarms', 'assignee', 'before', 'changes', 'channel', 'clock', 'contractor', 'count'],
  ...['from', 'hash', 'id', 'kind', 'lastCommit', 'names', 'note', 'number', 'oneShot', 'orders', 'policy'],
  ...['reason', 'removed', 'repeats', 'role', 'rule', 'step', 'subject', 'to', 'until', 'upTo'],
] as const
