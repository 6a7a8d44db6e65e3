/** The frame of the settings: their pages by name, those that the role may see. */
import { useTranslation } from 'react-i18next'
import { NavLink, Outlet, useLocation } from 'react-router'
import { NotAllowed } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import { PAGES } from './pages.ts'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const { pathname } = useLocation()
  const page = PAGES.find(({ path }) => path === pathname)
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.settings')}</h1>
        <nav aria-label={t('settings.pages')} className={styles.pages}>
          {PAGES.filter(({ right }) => may(right)).map(({ path, name }) => (
            <NavLink key={path} to={path} end>
              {t(name)}
            </NavLink>
          ))}
        </nav>
      </div>
      {page && !may(page.right) ? <NotAllowed /> : <Outlet />}
    </div>
  )
}
