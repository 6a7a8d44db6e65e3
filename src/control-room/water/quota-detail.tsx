/** How one institution's quota burns down, and what that comes to by the end of the year. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { waterUse } from '../api/queries.ts'
import type { WaterQuota } from '../api/types.ts'
import { boundary, dayStart } from '../format/calendar.ts'
import { useFormat } from '../format/use-format.ts'
import { burnDown } from './burn-down.ts'
import { BurnDownChart } from './burn-down-chart.tsx'
import { QuotaTiers } from './quota-tiers.tsx'
import { Verdict } from './verdict.tsx'
import styles from './water.module.css'

export function QuotaDetail({ quota, year, now }: { quota: WaterQuota; year: number; now: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { timeZone } = format
  const months = useMemo(() => {
    const january = dayStart(`${year}-01-01`, timeZone) ?? 0
    return Array.from({ length: 13 }, (_, at) => boundary('month', january, timeZone, at))
  }, [year, timeZone])
  const [from = 0, to = 0] = [months[0], months.at(-1)]
  const until = Math.max(from, Math.min(to, boundary('day', now, timeZone)))
  const days = useQuery({
    ...waterUse({
      step: 'day',
      by: 'institution',
      institution: quota.id,
      from: new Date(from).toISOString(),
      to: new Date(until).toISOString(),
    }),
    enabled: until > from,
  })
  const drawn = useMemo(
    () => burnDown(quota, days.isPlaceholderData ? [] : (days.data?.intervals ?? []), months),
    [quota, days.data, days.isPlaceholderData, months],
  )
  const m3 = (volume: number) => t('water.m3', { volume: format.number(volume, volume < 100 ? 1 : 0) })
  return (
    <>
      <h2>
        {quota.name} <Verdict state={quota.state} />
      </h2>
      <p>
        {quota.usedM3 === null
          ? t('quota.nothingKnown', { quota: m3(quota.yearM3) })
          : t(quota.daysKnown < quota.daysPassed ? 'quota.usedAtLeast' : 'quota.used', {
              used: m3(quota.usedM3),
              quota: m3(quota.yearM3),
              share: format.percent(quota.usedM3 / quota.yearM3),
            })}
      </p>
      <p className={`${styles.pace} quiet`}>
        <span>
          {quota.share === null
            ? t('quota.tooFew', { known: quota.daysKnown, passed: quota.daysPassed })
            : t('quota.pace', {
                share: format.percent(quota.share),
                known: quota.daysKnown,
                passed: quota.daysPassed,
              })}
        </span>
        {quota.forecastM3 === null ? null : <span>{t('quota.ends', { volume: m3(quota.forecastM3) })}</span>}
      </p>
      <BurnDownChart of={drawn} from={from} to={to} label={t('quota.chart', { name: quota.name, year })} />
      <ul className={styles.legend}>
        {(['plan', 'left', 'forecast'] as const).map((line) => (
          <li key={line}>
            <span className={styles.line} data-line={line} aria-hidden="true" />
            {t(`quota.${line}`)}
          </li>
        ))}
        <li>
          <span className={styles.swatch} data-quality="missing" aria-hidden="true" />
          {t('quota.gap')}
        </li>
      </ul>
      {quota.tiers && quota.tiers.length > 0 ? <QuotaTiers tiers={quota.tiers} /> : null}
      <p className="no-print">
        <Link to={`/water?step=day&institution=${quota.id}`}>{t('quota.toUse')}</Link>
      </p>
    </>
  )
}
