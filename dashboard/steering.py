"""Links that act at once: a click on one of our own links changes the page without reloading it, and a shared link scrolls
to its sentence.

The same script saves a figure as a picture when one of the buttons under it is pressed: from the drawing as it stands in the reader's
browser. Plotly's own way needs its bar of buttons, and with that the figures of a page redrew each other without end.

Marked text is plain HTML and cannot talk to Python. This component is a few fixed lines of script that receive no article
text, only the id of the element to show. A click on `a.px-go` becomes a step in the browser's history, which is what
Streamlit's own back button does; so the address always tells the view. Without the script the same links still work, by
loading the page.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
export default function (component) {
  const wanted = component.data && component.data.target
  const stamp = component.data && component.data.stamp
  document.documentElement.lang = "en"
  if (!window.parallaxSteering) {
    window.parallaxSteering = { shown: "" }
    document.addEventListener("click", (event) => {
      const link = event.target.closest && event.target.closest("a.px-go")
      if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      const address = new URL(link.href, location.href)
      if (address.origin !== location.origin) return
      event.preventDefault()
      window.parallaxSteering.shown = ""
      history.pushState({}, "", address)
      window.dispatchEvent(new PopStateEvent("popstate"))
    })
  }
  if (!window.parallaxSaving) {
    window.parallaxSaving = true
    const edge = 48  // pixels on the left: the picture's own font may be wider than the page's
    const draw = (chart) => {
      const look = getComputedStyle(document.querySelector(".stApp")), box = chart.getBoundingClientRect()
      const layers = [...chart.querySelectorAll("svg.main-svg")].map((layer) => {
        const copy = layer.cloneNode(true), texts = [...layer.querySelectorAll("text, tspan")]
        copy.querySelectorAll("text, tspan").forEach((text, place) => {
          const shown = getComputedStyle(texts[place])
          Object.assign(text.style, { fill: shown.fill, fontSize: shown.fontSize, fontWeight: shown.fontWeight, fontFamily: "sans-serif" })
        })
        return [...copy.childNodes].map((node) => new XMLSerializer().serializeToString(node)).join("")
      })
      const [width, height] = [Math.ceil(box.width) + edge, Math.ceil(box.height)]
      return { width, height, text: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
        `viewBox="${-edge} 0 ${width} ${height}"><rect x="${-edge}" width="${width}" height="${height}" fill="${look.backgroundColor}"/>` +
        layers.join("") + "</svg>" }
    }
    const save = (blob, name) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10000)
    }
    document.addEventListener("click", (event) => {
      const button = event.target.closest && event.target.closest(".px-save button")
      if (!button) return
      const before = (chart) => chart.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING
      const chart = [...document.querySelectorAll(".js-plotly-plot")].filter(before).pop()
      if (!chart) return
      const { format, name } = button.dataset, picture = draw(chart)
      const vector = new Blob([picture.text], { type: "image/svg+xml" })
      if (format === "svg") return save(vector, `${name}.svg`)
      const image = new Image()
      image.onload = () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 2 * picture.width, height: 2 * picture.height })
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
        URL.revokeObjectURL(image.src)
        canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png")
      }
      image.src = URL.createObjectURL(vector)
    })
  }
  if (!wanted || window.parallaxSteering.shown === stamp) return
  let tries = 0
  const show = () => {
    const element = document.getElementById(wanted)
    if (element) {
      window.parallaxSteering.shown = stamp
      element.scrollIntoView({ block: "center" })
      element.focus({ preventScroll: true })
    } else if (tries++ < 60) setTimeout(show, 100)
  }
  show()
}
"""

_steer = st.components.v2.component("parallax_steering", html="<span></span>\n", js=_SCRIPT)


def steer(target: str = "", stamp: str = "") -> None:
    """Make our links act at once and bring one element into view.

    Args:
        target: element id to scroll to and focus; '' only follows links.
        stamp: what the view was asked for; the same stamp scrolls once, so a later redraw leaves the reader where they are.
    """
    _steer(data={"target": target, "stamp": stamp or target}, key="steering", height=1)
