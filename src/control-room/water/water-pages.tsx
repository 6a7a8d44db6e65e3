/** What there is to ask of the water, by name, above each of its pages. */
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import styles from '../parts/report.module.css'

export function WaterPages() {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t('place.water')}</h1>
      <nav className={styles.pages} aria-label={t('water.pages')}>
        <NavLink to="/water" end>
          {t('water.use')}
        </NavLink>
        <NavLink to="/water/quotas">{t('quota.title')}</NavLink>
        <NavLink to="/water/nights">{t('night.title')}</NavLink>
        <NavLink to="/water/balance">{t('balance.title')}</NavLink>
      </nav>
    </>
  )
}
