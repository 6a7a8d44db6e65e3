/** Which alarms are on the wall: view, severity and text, all of them kept in the address. */
import { NativeSelect, SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { SEVERITIES } from '../../model/alarm.ts'
import { SEVERITY_WORDS } from '../../model/words.ts'
import { useLanguage } from '../i18n/language.ts'
import { DateRange } from '../parts/date-range.tsx'
import { FindField } from '../parts/find-field.tsx'
import { useNames } from '../parts/names.ts'
import { Only } from '../parts/only.tsx'
import type { Change } from '../parts/use-address.ts'
import { type Filter, VIEWS } from './filter.ts'
import styles from './wall.module.css'

type Props = {
  filter: Filter
  count: number
  cut: boolean
  quiet: number
  onChange(to: Change): void
  /** What can be done with all that is listed. */
  readonly children?: ReactNode
}

export function FilterBar({ filter, count, cut, quiet, onChange, children }: Props) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  return (
    <div className={`${styles.filters} no-print`}>
      <SegmentedControl
        className={styles.views}
        aria-label={t('alarms.view')}
        value={filter.view}
        data={VIEWS.map((view) => ({
          value: view,
          label:
            view === 'suppressed' && quiet > 0
              ? t('alarms.view.suppressedSome', { count: quiet })
              : t(`alarms.view.${view}`),
        }))}
        onChange={(view) =>
          onChange({ state: view === 'open' ? undefined : view, from: undefined, to: undefined })
        }
      />
      <NativeSelect
        aria-label={t('alarms.severity')}
        value={filter.severity ?? ''}
        data={[
          { value: '', label: t('alarms.anySeverity') },
          ...SEVERITIES.map((one) => ({ value: one, label: SEVERITY_WORDS[one][language] })),
        ]}
        onChange={(event) => onChange({ severity: event.currentTarget.value })}
      />
      <FindField label={t('alarms.find')} className={styles.find} />
      {filter.rule !== null || filter.place !== null ? (
        <Only
          name={[filter.rule && names.rule(filter.rule), filter.place && names.broad(filter.place)]
            .filter(Boolean)
            .join(' · ')}
          help={t('alarms.groupOff')}
          onAll={() => onChange({ rule: undefined, place: undefined })}
        />
      ) : null}
      <span className="quiet" role="status">
        {cut ? t('list.first', { count }) : t('list.count', { count })}
      </span>
      {filter.view === 'past' ? (
        <DateRange first={filter.first} last={filter.last} onChange={onChange} />
      ) : null}
      {children}
    </div>
  )
}
