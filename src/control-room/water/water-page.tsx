/** Water use of the institutions: what was used, how much of it is really known, as bars, as rows and as CSV. */
import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { USE_QUALITIES, USE_STEPS } from '../../model/water-use.ts'
import { waterUseCsv } from '../api/calls.ts'
import { waterUse } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import report from '../parts/report.module.css'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { questionOf } from './question.ts'
import { SPANS, spanOf } from './spans.ts'
import { total, totalsBy } from './totals.ts'
import { UseChart } from './use-chart.tsx'
import { IntervalTable, TotalTable } from './use-tables.tsx'
import styles from './water.module.css'

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked: address, change, link } = useAddress()
  const today = useNow(60_000)
  const question = questionOf(address, today, format.timeZone)
  const { step, by, first, last, asked } = question
  const { data, error, isPending, isFetching, refetch } = useQuery(waterUse(asked))
  const chosen = address.get('id')
  const span =
    SPANS.find((one) => {
      const { from, to, step: of } = spanOf(one, today, format.timeZone)
      return from === first && to === last && of === step
    }) ?? ''

  const { groups, intervals, sum } = useMemo(() => {
    const rows = (data?.items ?? []).filter(({ id }) => chosen === null || id === chosen)
    return {
      groups: totalsBy(data?.items ?? [], 'id'),
      intervals: totalsBy(rows, 'from').sort((one, other) => Date.parse(one.id) - Date.parse(other.id)),
      sum: total('', '', rows),
    }
  }, [data, chosen])
  const name = groups.find(({ id }) => id === chosen)?.name

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <h1>{t('place.water')}</h1>
        <SegmentedControl
          aria-label={t('water.step')}
          value={step}
          data={USE_STEPS.map((one) => ({ value: one, label: t(`water.step.${one}`) }))}
          onChange={(value) => change({ step: value, from: undefined, to: undefined })}
        />
        <DateRange first={first} last={last} onChange={change} />
        <NativeSelect
          aria-label={t('water.span')}
          value={span}
          data={[
            { value: '', label: t('water.span.other') },
            ...SPANS.map((one) => ({ value: one, label: t(`water.span.${one}`) })),
          ]}
          onChange={(event) => {
            const wanted = SPANS.find((one) => one === event.currentTarget.value)
            if (wanted) change(spanOf(wanted, today, format.timeZone))
          }}
        />
        <SegmentedControl
          aria-label={t('water.by')}
          value={by}
          data={[
            { value: 'institution', label: t('water.by.institution') },
            { value: 'device', label: t('water.by.device') },
          ]}
          onChange={(value) => change({ by: value, id: undefined })}
        />
        <Button component="a" variant="default" href={waterUseCsv(asked)} download>
          {t('water.csv')}
        </Button>
      </div>
      {isPending ? <Loading /> : null}
      {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
      {data && data.items.length === 0 ? <Empty title={t('water.none')}>{t('water.noneHelp')}</Empty> : null}
      {data && data.items.length > 0 ? (
        <div className={report.content} aria-busy={isFetching}>
          <section>
            <h2>
              {chosen === null ? (
                t('water.all', { range: format.dateRange(asked.from, asked.to) })
              ) : (
                <>
                  <Link to={link({ id: undefined })}>{t('water.back')}</Link> {name}
                </>
              )}
            </h2>
            <p className={report.answer}>
              <strong>
                {sum.volumeM3 === null
                  ? t('water.unknown')
                  : t('water.m3', { volume: format.number(sum.volumeM3, 1) })}
              </strong>{' '}
              <span className="quiet">
                {sum.missing > 0
                  ? t('water.partly', { count: sum.missing, coverage: format.percent(sum.coverage) })
                  : t('water.wholly', { coverage: format.percent(sum.coverage) })}
              </span>
            </p>
            <UseChart totals={intervals} step={step} label={t('water.chart', { first, last })} />
            <ul className={styles.legend}>
              {USE_QUALITIES.map((quality) => (
                <li key={quality}>
                  <span className={styles.swatch} data-quality={quality} aria-hidden="true" />
                  {t(`use.${quality}`)}
                </li>
              ))}
            </ul>
            {data.cut ? <p className="quiet">{t('water.cut')}</p> : null}
          </section>
          {chosen === null ? (
            <TotalTable groups={groups} by={by} link={(id) => link({ id })} />
          ) : (
            <IntervalTable totals={intervals} step={step} />
          )}
        </div>
      ) : null}
    </div>
  )
}
