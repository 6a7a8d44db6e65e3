/** Reports: whether a seat's alarms can be answered by a person, by the standards' figures, and what to change where they cannot. */
import { Button, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { alarmLoadCsv } from '../api/calls.ts'
import { alarmLoad, seats } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { LoadChart } from './load-chart.tsx'
import { ChatterTable, FigureTable, StaleTable, TopTable } from './load-tables.tsx'
import { questionOf } from './question.ts'
import styles from './reports.module.css'

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked: address, change } = useAddress()
  const { first, last, asked } = questionOf(address, useNow(60_000), format.timeZone)
  const { data, error, isPending, isFetching, refetch } = useQuery(alarmLoad(asked))
  const { data: known } = useQuery(seats)
  const flooded = known?.items.filter(({ flood }) => flood) ?? []
  const poor = data?.figures.filter(({ verdict }) => verdict === 'poor').length ?? 0

  return (
    <div className={styles.page}>
      <div className={`${styles.bar} no-print`}>
        <h1>{t('place.reports')}</h1>
        <Select
          aria-label={t('load.seat')}
          value={asked.seat ?? ''}
          data={[
            { value: '', label: t('load.site') },
            ...(known?.items.map(({ name }) => ({ value: name, label: name })) ?? []),
          ]}
          allowDeselect={false}
          onChange={(value) => change({ seat: value || undefined })}
        />
        <TextInput
          type="date"
          aria-label={t('load.first')}
          value={first}
          max={last}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <span className="quiet" aria-hidden="true">
          –
        </span>
        <TextInput
          type="date"
          aria-label={t('load.last')}
          value={last}
          min={first}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
        <Button component="a" variant="default" href={alarmLoadCsv(asked)} download>
          {t('load.csv')}
        </Button>
      </div>
      {flooded.map(({ name, flood }) => (
        <p key={name} className={styles.flood} role="status">
          {t('load.flooded', {
            seat: name,
            count: flood?.count ?? 0,
            since: format.dayTime(flood?.since ?? ''),
          })}
        </p>
      ))}
      {isPending ? <Loading /> : null}
      {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
      {data ? (
        <div className={styles.content} aria-busy={isFetching}>
          <section>
            <h2>{t('load.title', { range: format.dateRange(data.from, data.to) })}</h2>
            <p className={styles.answer}>
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
