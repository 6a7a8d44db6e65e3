/**
 * Wall mode (`?wall`): no header, larger type. While nothing is unacknowledged it turns between
 * calm views; a new alarm brings the alarm list back at once and keeps it there.
 */
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { unacknowledged } from '../alarms/filter.ts'
import { openAlarms } from '../api/queries.ts'
import { useMay } from '../session/use-session.ts'

const VIEWS = ['/', '/map', '/orders']
const TURN_MS = 30_000

export function useWall(): boolean {
  const { pathname, search } = useLocation()
  const navigate = useNavigate()
  const wall = new URLSearchParams(search).has('wall')
  const may = useMay()
  const { data } = useQuery({ ...openAlarms, enabled: wall && may('alarms:read') })
  const calm = data ? !data.items.some(unacknowledged) : true

  useEffect(() => {
    document.documentElement.toggleAttribute('data-wall', wall)
    if (!wall) return
    if (!calm) {
      if (pathname !== '/') void navigate('/?wall', { replace: true })
      return
    }
    const timer = setTimeout(() => {
      const next = VIEWS[(VIEWS.indexOf(pathname) + 1) % VIEWS.length] ?? '/'
      void navigate(`${next}?wall`, { replace: true })
    }, TURN_MS)
    return () => clearTimeout(timer)
  }, [wall, calm, pathname, navigate])
  return wall
}
