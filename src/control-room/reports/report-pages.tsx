/** The reports by name, above each of them. */
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import styles from '../parts/report.module.css'

export function ReportPages() {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t('place.reports')}</h1>
      <nav className={styles.pages} aria-label={t('reports.pages')}>
        <NavLink to="/reports" end>
          {t('reports.load')}
        </NavLink>
        <NavLink to="/reports/shift">{t('reports.shift')}</NavLink>
      </nav>
    </>
  )
}
