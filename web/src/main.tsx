import { render } from "preact"
import { App } from "./app.tsx"
import "./styles/base.css"
import "./styles/frame.css"
import "./styles/film.css"
import "./styles/question.css"
import "./styles/watch.css"

render(<App />, document.getElementById("app") as HTMLElement)
