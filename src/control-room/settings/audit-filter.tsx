/**
 * Whose deeds, of which kind and of which days: all of it in the address, so that an auditor can send what
 * they found.
 */
import { NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { AuditQuestion } from '../api/calls.ts'
import { boundary, dayStart } from '../format/calendar.ts'
import { DateRange } from '../parts/date-range.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useTyped } from '../parts/use-typed.ts'
import { NOUNS } from './audit-words.ts'
import styles from './settings.module.css'

export function questionOf(asked: URLSearchParams, timeZone: string): AuditQuestion {
  const [by, action] = [asked.get('by')?.trim(), asked.get('action')]
  const from = dayStart(asked.get('from'), timeZone)
  const last = dayStart(asked.get('to'), timeZone)
  return {
    ...(by && { by }),
    ...(action && NOUNS.some((noun) => noun === action) && { action }),
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(last !== undefined && { to: new Date(boundary('day', last, timeZone, 1)).toISOString() }),
  }
}

export function AuditFilter() {
  const { t } = useTranslation()
  const { asked, change } = useAddress()
  const by = useTyped(asked.get('by') ?? '', (typed) => change({ by: typed }, true))
  return (
    <div className={`${styles.tools} no-print`}>
      <NativeSelect
        aria-label={t('audit.action')}
        value={asked.get('action') ?? ''}
        data={[
          { value: '', label: t('audit.anyAction') },
          ...NOUNS.map((noun) => ({ value: noun, label: t(`audit.noun.${noun}`) })),
        ]}
        onChange={(event) => change({ action: event.currentTarget.value })}
      />
      <TextInput aria-label={t('audit.by')} placeholder={t('audit.findBy')} {...by} />
      <DateRange first={asked.get('from') ?? ''} last={asked.get('to') ?? ''} onChange={change} />
    </div>
  )
}
