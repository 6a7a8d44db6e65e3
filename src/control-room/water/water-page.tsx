/**
 * Water use from the whole site down to a meter: what was used, how much of it is really known, as bars, as
 * rows and as CSV.
 */
import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { USE_QUALITIES, USE_STEPS } from '../../model/water-use.ts'
import { waterTotalsCsv, waterUseCsv } from '../api/calls.ts'
import { waterUse } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import report from '../parts/report.module.css'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import { below, questionOf } from './question.ts'
import { SPANS, spanOf } from './spans.ts'
import { UseChart } from './use-chart.tsx'
import { IntervalTable, TotalTable } from './use-tables.tsx'
import styles from './water.module.css'
import { WaterPages } from './water-pages.tsx'
import { usePartName, Where } from './where.tsx'

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const { asked: address, change, link } = useAddress()
  const today = useNow(60_000)
  const { step, scope, rows, choices, first, last, asked } = questionOf(address, today, format.timeZone)
  const use = useQuery(waterUse(asked))
  const { data, isPlaceholderData } = use
  const span =
    SPANS.find((one) => {
      const { from, to, step: of } = spanOf(one, today, format.timeZone)
      return from === first && to === last && of === step
    }) ?? ''
  const { whole, subjects = [], intervals = [] } = data ?? {}
  const part = usePartName()
  const found = finds(address.get('q'))
  const shown = subjects.filter(({ id, name }) => found(id, part(id, name)))

  return (
    <div className={report.page}>
      <div className={`${report.bar} no-print`}>
        <WaterPages />
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
        {choices.length > 1 ? (
          <NativeSelect
            aria-label={t('water.by')}
            value={rows}
            data={choices.map((one) => ({ value: one, label: t(`water.by.${one}`) }))}
            onChange={(event) => change({ by: event.currentTarget.value })}
          />
        ) : null}
        {rows !== 'interval' && subjects.length > 0 ? <FindField label={t('water.find')} /> : null}
      </div>
      <Unanswered of={use} />
      {data && subjects.length === 0 ? <Empty title={t('water.none')}>{t('water.noneHelp')}</Empty> : null}
      {whole && subjects.length > 0 ? (
        <div className={report.content} aria-busy={isPlaceholderData}>
          <section>
            <Where scope={scope} />
            <h2>{format.dateRange(asked.from, asked.to)}</h2>
            <p className={report.answer}>
              <strong>
                {isPlaceholderData
                  ? t('state.loading')
                  : whole.volumeM3 === null
                    ? t('water.unknown')
                    : t('water.m3', { volume: format.number(whole.volumeM3, 1) })}
              </strong>{' '}
              <span className="quiet">
                {isPlaceholderData
                  ? null
                  : whole.missing > 0
                    ? t('water.partly', { count: whole.missing, coverage: format.percent(whole.coverage) })
                    : t('water.wholly', { coverage: format.percent(whole.coverage) })}
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
            {scope.device !== undefined && may('devices:read') ? (
              <p className="no-print">
                <Link to={`/devices/${scope.device}`}>{t('water.toDevice')}</Link>
              </p>
            ) : null}
          </section>
          <section className={styles.rows}>
            <p className={`${styles.exports} no-print`}>
              {rows === 'interval' ? null : (
                <Button
                  component="a"
                  variant="default"
                  size="compact-sm"
                  href={waterTotalsCsv(asked)}
                  download
                >
                  {t('water.csvTable')}
                </Button>
              )}
              <Button component="a" variant="default" size="compact-sm" href={waterUseCsv(asked)} download>
                {t('water.csvIntervals')}
              </Button>
            </p>
            {rows === 'interval' ? (
              <IntervalTable totals={intervals} step={step} />
            ) : shown.length === 0 ? (
              <Empty title={t('water.noneSuch')} />
            ) : (
              <TotalTable
                key={rows}
                groups={shown}
                by={rows}
                forMs={Date.parse(asked.to) - Date.parse(asked.from)}
                link={(id) => link(below(rows, id))}
              />
            )}
          </section>
        </div>
      ) : null}
    </div>
  )
}
