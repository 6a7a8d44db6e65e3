/** Whoever goes to another place by a key is there too: the title of the tab says where, and the next Tab begins in the place. */
import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { PLACES } from './places.ts'

export function useArrival(): RefObject<HTMLElement | null> {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const place = PLACES.find(({ path }) => path === `/${pathname.split('/')[1]}`)
  const title = place ? t('shell.title', { place: t(place.name) }) : 'Gatehouse'
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    // A link in the header keeps the focus; what had it in the place before is gone
    if (pathname && document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [pathname])
  return main
}
