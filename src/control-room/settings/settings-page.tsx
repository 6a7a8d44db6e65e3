/** The frame of the settings: their pages by name, those that the role may see. */
import { useEffect, useRef } from 'react'
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
  const pages = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the page that changes what is current
  useEffect(() => {
    const current = pages.current?.querySelector('[aria-current="page"]')
    current?.scrollIntoView({ inline: 'nearest', block: 'nearest' }) // on a telephone they move sideways
  }, [pathname])
  const page = PAGES.find(({ path }) => path === pathname)
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.settings')}</h1>
        <nav ref={pages} aria-label={t('settings.pages')} className={styles.pages}>
          {PAGES.filter(({ right }) => may(right)).map(({ path, name }) => (
            <NavLink key={path} to={path} end={path === '/settings'}>
              {t(name)}
            </NavLink>
          ))}
        </nav>
      </div>
      {page && !may(page.right) ? <NotAllowed /> : <Outlet />}
    </div>
  )
}
