/** What the gateway has to say of itself, and the sources that it is connected to. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { gatewayNotices } from '../api/queries.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './settings.module.css'
import { Sources } from './sources.tsx'

export function Component() {
  const { t, i18n } = useTranslation()
  const { data } = useQuery(gatewayNotices(i18n.language))
  return (
    <>
      <section className={styles.wide}>
        <h2>{t('settings.notices')}</h2>
        {data?.length === 0 ? <p className="quiet">{t('settings.noNotices')}</p> : null}
        <ul className={styles.notices}>
          {data?.map(({ code, title, detail, isUrgent }) => (
            <li key={`${code} ${detail}`} id={code}>
              <SeverityMark severity={isUrgent ? 'critical' : 'high'} bare />
              <div>
                <strong>{title}</strong>
                <p className="quiet">{detail}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <Sources />
    </>
  )
}
