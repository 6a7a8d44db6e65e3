/** The sources and the state of each link, live. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { links } from '../api/queries.ts'
import type { Link } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import styles from './settings.module.css'

export function Sources() {
  const { t } = useTranslation()
  const { data } = useQuery(links)
  const columns: Column<Link>[] = [
    { head: t('settings.source'), cell: ({ source }) => source },
    {
      head: t('alarms.state'),
      cell: ({ state }) =>
        state === 'up' ? (
          <span className="quiet">{t('link.up')}</span>
        ) : (
          <strong>{t(`link.${state}`)}</strong>
        ),
    },
    { head: t('alarms.column.since'), cell: ({ since }) => <Age at={since} since /> },
    {
      head: t('alarms.column.why'),
      is: 'text',
      cell: ({ detail }) => <span className="quiet">{detail ?? ''}</span>,
    },
  ]
  return (
    <section className={styles.wide}>
      <h2>{t('settings.sources')}</h2>
      {data?.items.length === 0 ? <p className="quiet">{t('settings.noSources')}</p> : null}
      {data && data.items.length > 0 ? (
        <FiguresTable rows={data.items} idOf={({ source }) => source} columns={columns} />
      ) : null}
    </section>
  )
}
