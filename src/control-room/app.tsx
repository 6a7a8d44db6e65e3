/** Signed in or not, and which place a link opens. Maps and charts come with the place that needs them. */
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { createBrowserRouter, Navigate, Outlet, type RouteObject, RouterProvider } from 'react-router'
import { Wall } from './alarms/wall.tsx'
import { session, site } from './api/queries.ts'
import type { Right } from './api/types.ts'
import { Loading, NotAllowed, Unanswered } from './parts/states.tsx'
import { SignIn } from './session/sign-in.tsx'
import { useMay } from './session/use-session.ts'
import { NotFound, PlaceFailed } from './shell/fallbacks.tsx'
import { PLACES } from './shell/places.ts'
import { Shell } from './shell/shell.tsx'

/** Where whoever may not see the alarms begins: the energy office with the water, a contractor with the orders. */
const BEGIN = ['/water', '/orders', '/devices', '/settings'] as const

function Start() {
  const may = useMay()
  if (may('alarms:read')) return <Wall />
  const allowed = PLACES.filter(({ right }) => may(right)).map(({ path }) => path)
  const first = BEGIN.find((path) => allowed.some((one) => one === path))
  return first ? <Navigate to={first} replace /> : <NotAllowed />
}

type Load = () => Promise<{ Component: () => React.ReactNode }>

const later = (path: string, lazy: Load): RouteObject => ({ path, lazy })

/** A place that the role may not see says so, instead of asking the gateway and being refused. */
function Guard({ right }: { right: Right }) {
  return useMay()(right) ? <Outlet /> : <NotAllowed />
}

const guarded = (path: (typeof PLACES)[number]['path'], children: RouteObject[]): RouteObject[] =>
  PLACES.filter((place) => place.path === path).map(({ right }) => ({
    element: <Guard right={right} />,
    children,
  }))

const SETTINGS: RouteObject = {
  path: 'settings',
  lazy: () => import('./settings/settings-page.tsx'),
  children: [
    { index: true, lazy: () => import('./settings/own-page.tsx') },
    later('gateway', () => import('./settings/gateway-page.tsx')),
    later('rules', () => import('./settings/rules-page.tsx')),
    later('rules/draft', () => import('./settings/draft-page.tsx')),
    later('notifications', () => import('./settings/notifications-page.tsx')),
    later('users', () => import('./settings/users-page.tsx')),
    later('tokens', () => import('./settings/tokens-page.tsx')),
    later('dead-letters', () => import('./settings/letters-page.tsx')),
    later('audit', () => import('./settings/audit-page.tsx')),
  ],
}

const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: PlaceFailed,
    HydrateFallback: Loading,
    children: [
      {
        ErrorBoundary: PlaceFailed,
        children: [
          { index: true, Component: Start },
          ...guarded('/map', [later('map', () => import('./map/map-page.tsx'))]),
          ...guarded('/orders', [
            later('orders', () => import('./orders/orders-page.tsx')),
            later('orders/:id', () => import('./orders/order-page.tsx')),
          ]),
          ...guarded('/water', [
            later('water', () => import('./water/water-page.tsx')),
            later('water/quotas', () => import('./water/quotas-page.tsx')),
            later('water/nights', () => import('./water/nights-page.tsx')),
            later('water/balance', () => import('./water/balance-page.tsx')),
          ]),
          ...guarded('/patrol', [later('patrol', () => import('./patrol/patrol-page.tsx'))]),
          ...guarded('/vehicles', [later('vehicles', () => import('./vehicles/vehicles-page.tsx'))]),
          ...guarded('/devices', [
            later('devices', () => import('./devices/devices-page.tsx')),
            later('devices/:id', () => import('./devices/device-page.tsx')),
          ]),
          ...guarded('/reports', [
            later('reports', () => import('./reports/reports-page.tsx')),
            later('reports/shift', () => import('./reports/shift-page.tsx')),
          ]),
          SETTINGS,
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
])

export function App() {
  const who = useQuery(session)
  const { data } = who
  const wasIn = useRef(false)
  if (data) wasIn.current = true
  const here = useQuery({ ...site, enabled: !!data })
  // Whoever is in stays in while the gateway is away: what is on the screen is old and says so
  if (data === undefined) return <Unanswered of={who} />
  if (data === null) return <SignIn isOver={wasIn.current} />
  // Days begin in the zone of the site: without it the first question would be another one
  return here.data ? <RouterProvider router={router} /> : <Unanswered of={here} />
}
