/**
 * Whoever goes to another place by a key is there too: the title of the tab says where, and how many alarms
 * nobody has acknowledged; the next Tab begins in the place.
 */
import { useQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { unacknowledged } from '../alarms/filter.ts'
import { openAlarms } from '../api/queries.ts'
import { useMay } from '../session/use-session.ts'
import { PLACES } from './places.ts'

export function useArrival(): RefObject<HTMLElement | null> {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const place = PLACES.find(({ path }) => path === `/${pathname.split('/')[1]}`)
  const alarms = useQuery({ ...openAlarms, enabled: useMay()('alarms:read') }).data?.items ?? []
  const count = alarms.filter(unacknowledged).length
  const name = place ? t('shell.title', { place: t(place.name) }) : 'Gatehouse'
  const title = count > 0 ? t('shell.titleUnseen', { count, title: name }) : name
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    // A link in the header keeps the focus; what had it in the place before is gone
    if (pathname && document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [pathname])
  return main
}
