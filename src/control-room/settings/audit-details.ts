/**
 * The details of an audit entry in words: keys, states, roles and instants as the page says them; what people
 * wrote, and what is new to the page, as it was noted.
 */
import { useTranslation } from 'react-i18next'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { AuditEntry } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { useNames } from '../parts/names.ts'
import { DETAILS } from './audit-words.ts'

const ROLES = ['viewer', 'operator', 'energy', 'contractor', 'auditor', 'admin'] as const

type Change = { readonly rule: string; readonly from: string | null; readonly to: string | null }

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

export function useAuditDetails(): (entry: Pick<AuditEntry, 'action' | 'details'>) => string {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const names = useNames()
  const list = (words: readonly string[]) => words.join(t('list.comma'))

  const changed = ({ rule, from, to }: Change): string => {
    const name = names.rule(rule)
    if (from === null) return t('audit.change.added', { name })
    return to === null ? t('audit.change.removed', { name }) : name
  }
  const instants = ['until', 'before', 'lastCommit', 'clock']
  const shown: Readonly<Record<string, (value: unknown) => string | undefined>> = {
    oneShot: (value) => (value === true ? t('said.true') : undefined),
    role: (value) => {
      const role = ROLES.find((one) => one === value)
      return role && t(`role.${role}`)
    },
    alarm: (value) => plain(value).slice(0, 8),
    hash: (value) => plain(value).slice(0, 12),
    rule: (value) => names.rule(plain(value)),
    kind: (value) => (value === 'zone' || value === 'device' ? t(`service.${value}s`) : plain(value)),
    changes: (value) =>
      Array.isArray(value) ? list(value.map((one: Change) => changed(one))) : plain(value),
  }
  const stateWord = (value: unknown) => ORDER_STATE_WORDS[value as keyof typeof ORDER_STATE_WORDS]?.[language]

  const textOf = (action: string, key: string, value: unknown): string | undefined => {
    if (instants.includes(key) && (typeof value === 'number' || !Number.isNaN(Date.parse(plain(value)))))
      return format.dayTimeSeconds(value as number | string)
    if (action.startsWith('order.') && (key === 'from' || key === 'to'))
      return stateWord(value) ?? plain(value)
    if (key === 'subject') return names.device(plain(value))
    const words = shown[key]
    if (words) return words(value)
    return Array.isArray(value) ? list(value.map(plain)) : plain(value)
  }
  return ({ action, details }) =>
    Object.entries(details)
      .flatMap(([key, value]) => {
        const text = textOf(action, key, value)
        const known = DETAILS.find((one) => one === key)
        const name = known ? t(`audit.detail.${known as 'note'}`) : key
        return text === undefined ? [] : t('audit.detail', { name, text })
      })
      .join(t('audit.between'))
}
