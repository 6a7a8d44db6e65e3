/** Quotas: who will not keep to the year's water, the worst first, and how one institution's quota burns down. */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { waterQuotasCsv } from '../api/calls.ts'
import { waterQuotas, waterUse } from '../api/queries.ts'
import type { WaterQuota } from '../api/types.ts'
import { boundary, dayStart } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import report from '../parts/report.module.css'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { burnDown } from './burn-down.ts'
import { BurnDownChart } from './burn-down-chart.tsx'
import { Verdict } from './verdict.tsx'
import styles from './water.module.css'
import { WaterPages } from './water-pages.tsx'
import { worstQuotaFirst } from './worst-first.ts'

const COLUMNS = 'minmax(9rem, 2fr) minmax(6rem, 1fr) minmax(6rem, 1fr) minmax(6rem, 1fr) minmax(6.5rem, 1fr)'
const NARROW = 'minmax(0, 1.5fr) minmax(4rem, 0.7fr) minmax(5.5rem, 1fr)'
/** The years that an energy office still asks about. */
const YEARS_BACK = 3

const idOf = ({ id }: WaterQuota) => id

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked, change, link } = useAddress()
  const now = useNow(60_000)
  const thisYear = Number(new Date(boundary('day', now, format.timeZone) + 43_200_000).getUTCFullYear())
  const year = Number(asked.get('year') ?? thisYear) || thisYear
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(waterQuotas(year))
  const rows = useMemo(() => worstQuotaFirst(data?.items ?? []), [data])
  const found = finds(asked.get('q'))
  const shown = rows.filter(({ id, name }) => found(id, name))
  const chosen = rows.find(({ id }) => id === asked.get('id')) ?? shown[0] ?? rows[0]
  const above = rows.filter(({ state }) => state === 'above' || state === 'over').length
  const unknown = rows.filter(({ state }) => state === 'unknown').length

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <WaterPages />
        <NativeSelect
          aria-label={t('quota.year')}
          value={year}
          data={Array.from({ length: YEARS_BACK + 1 }, (_, back) => String(thisYear - back))}
          onChange={(event) => change({ year: event.currentTarget.value, id: undefined })}
        />
        {chosen ? <FindField label={t('water.find')} /> : null}
        <Button component="a" variant="default" href={waterQuotasCsv(year)} download>
          {t('water.csv')}
        </Button>
      </div>
      {isPending ? <Loading /> : null}
      {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
      {data && !chosen ? <Empty title={t('quota.none')}>{t('quota.noneHelp')}</Empty> : null}
      {chosen ? (
        <div className={report.content} aria-busy={isPlaceholderData}>
          <section>
            <p className={report.answer}>
              <strong>
                {unknown === rows.length
                  ? t('quota.noneJudged')
                  : above === 0
                    ? t('quota.allWithin')
                    : t('quota.someAbove', { count: above })}
              </strong>{' '}
              <span className="quiet">
                {unknown > 0 && unknown < rows.length ? t('quota.someUnknown', { count: unknown }) : null}
              </span>
            </p>
            <One quota={chosen} year={year} now={now} />
          </section>
          <section className={styles.table}>
            {shown.length > 0 ? (
              <QuotaTable rows={shown} chosen={chosen.id} link={(id) => link({ id })} />
            ) : (
              <Empty title={t('water.noneSuch')} />
            )}
          </section>
        </div>
      ) : null}
    </div>
  )
}

function One({ quota, year, now }: { quota: WaterQuota; year: number; now: number }) {
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
      ...{ step: 'day', by: 'institution', institution: quota.id },
      ...{ from: new Date(from).toISOString(), to: new Date(until).toISOString() },
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
              ...{ used: m3(quota.usedM3), quota: m3(quota.yearM3) },
              share: format.percent(quota.usedM3 / quota.yearM3),
            })}
      </p>
      <p className="quiet">
        {quota.share === null
          ? t('quota.tooFew', { known: quota.daysKnown, passed: quota.daysPassed })
          : t('quota.pace', {
              ...{ share: format.percent(quota.share), known: quota.daysKnown, passed: quota.daysPassed },
            })}{' '}
        {quota.forecastM3 === null ? null : t('quota.ends', { volume: m3(quota.forecastM3) })}
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
      <p className="no-print">
        <Link to={`/water?step=day&institution=${quota.id}`}>{t('quota.toUse')}</Link>
      </p>
    </>
  )
}

type TableProps = { rows: readonly WaterQuota[]; chosen: string; link(id: string): string }

function QuotaTable({ rows, chosen, link }: TableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const narrow = useNarrow()
  const volume = (m3: number | null) =>
    m3 === null ? <span className="quiet">{t('water.unknown')}</span> : format.number(m3, 0)
  return (
    <VirtualRows
      rows={rows}
      idOf={idOf}
      height={2.125}
      label={t('quota.table')}
      columns={narrow ? NARROW : COLUMNS}
      selected={chosen}
      head={
        <>
          <th scope="col">{t('water.by.institution')}</th>
          {narrow ? null : (
            <>
              <th scope="col" className="num">
                {t('quota.column.year')}
              </th>
              <th scope="col" className="num">
                {t('quota.column.used')}
              </th>
            </>
          )}
          <th scope="col" className="num" title={t('quota.column.shareHelp')}>
            {t('quota.column.share')}
          </th>
          <th scope="col">{t('quota.column.state')}</th>
        </>
      }
      draw={(row) => (
        <>
          <td className="truncate" title={row.name}>
            <Link to={link(row.id)} data-row-link aria-current={row.id === chosen || undefined}>
              {row.name}
            </Link>
          </td>
          {narrow ? null : (
            <>
              <td className="num">{volume(row.yearM3)}</td>
              <td className="num">{volume(row.usedM3)}</td>
            </>
          )}
          <td className="num">{row.share === null ? '–' : format.percent(row.share)}</td>
          <td className="truncate">
            <Verdict state={row.state} />
          </td>
        </>
      )}
    />
  )
}
