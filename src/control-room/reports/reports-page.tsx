/**
 * Reports: whether a seat's alarms can be answered by a person, by the standards' figures, and what to change
 * where they cannot.
 */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { FloodBar, onWall } from '../alarms/flood-bar.tsx'
import { alarmLoadCsv } from '../api/calls.ts'
import { alarmLoad, seats } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import { useNames } from '../parts/names.ts'
import report from '../parts/report.module.css'
import { Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { LoadChart } from './load-chart.tsx'
import { ChatterTable, FigureTable, StaleTable, TopTable } from './load-tables.tsx'
import { questionOf } from './question.ts'
import { ReportPages } from './report-pages.tsx'
import styles from './reports.module.css'

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const { asked: address, change } = useAddress()
  const { first, last, asked } = questionOf(address, useNow(60_000), format.timeZone)
  const load = useQuery(alarmLoad(asked))
  const { data, isFetching } = load
  const { data: known } = useQuery(seats)
  const flooded = known?.items.filter(({ flood }) => flood) ?? []
  const poor = data?.figures.filter(({ verdict }) => verdict === 'poor').length ?? 0

  return (
    <div className={report.page}>
      <div>
        <div className={`${report.bar} no-print`}>
          <ReportPages />
          <NativeSelect
            aria-label={t('load.seat')}
            value={asked.seat ?? ''}
            data={[
              { value: '', label: t('load.site') },
              ...(known?.items.map(({ name }) => ({ value: name, label: names.seat(name) })) ?? []),
            ]}
            onChange={(event) => change({ seat: event.currentTarget.value })}
          />
          <DateRange first={first} last={last} onChange={change} />
          <Button component="a" variant="default" href={alarmLoadCsv(asked)} download>
            {t('load.csv')}
          </Button>
        </div>
        {flooded.map(({ name, flood }) =>
          flood ? <FloodBar key={name} seat={name} flood={flood} link={onWall} /> : null,
        )}
      </div>
      <Unanswered of={load} />
      {data ? (
        <div className={`${report.content} ${styles.content}`} aria-busy={isFetching}>
          <section>
            <h2>{t('load.title', { range: format.dateRange(data.from, data.to) })}</h2>
            <p className={report.answer}>
              <strong>{t('load.alarms', { count: data.alarms })}</strong>{' '}
              <span className="quiet">
                {poor === 0 ? t('load.bearable') : t('load.unbearable', { count: poor })}
              </span>
            </p>
            <LoadChart
              series={data.series}
              label={t('load.chart', { range: format.dateRange(data.from, data.to) })}
            />
            <FigureTable figures={data.figures} />
          </section>
          <section>
            <h2>{t('load.top')}</h2>
            {data.top.length > 0 ? (
              <TopTable top={data.top} />
            ) : (
              <p className="quiet">{t('load.noAlarms')}</p>
            )}
            <h2>{t('load.chattering')}</h2>
            {data.chattering.length > 0 ? (
              <ChatterTable chattering={data.chattering} />
            ) : (
              <p className="quiet">{t('load.noChatter')}</p>
            )}
            <h2>{t('load.stale')}</h2>
            {data.stale.length > 0 ? (
              <StaleTable stale={data.stale} />
            ) : (
              <p className="quiet">{t('load.noStale')}</p>
            )}
          </section>
        </div>
      ) : null}
    </div>
  )
}
