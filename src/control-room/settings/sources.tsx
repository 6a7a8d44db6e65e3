/** The sources and the state of each link, live. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { links } from '../api/queries.ts'
import { Age } from '../format/age.tsx'
import styles from './settings.module.css'

export function Sources() {
  const { t } = useTranslation()
  const { data } = useQuery(links)
  return (
    <section className={styles.wide}>
      <h2>{t('settings.sources')}</h2>
      {data?.items.length === 0 ? <p className="quiet">{t('settings.noSources')}</p> : null}
      {data && data.items.length > 0 ? (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t('settings.source')}</th>
              <th scope="col">{t('alarms.state')}</th>
              <th scope="col">{t('alarms.column.since')}</th>
              <th scope="col">{t('alarms.column.why')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ source, state, since, detail }) => (
              <tr key={source}>
                <td>{source}</td>
                <td>
                  {state === 'up' ? (
                    <span className="quiet">{t('link.up')}</span>
                  ) : (
                    <strong>{t(`link.${state}`)}</strong>
                  )}
                </td>
                <td>
                  <Age at={since} since />
                </td>
                <td className="quiet">{detail ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  )
}
