/** The topic of the room. */
export const TOPIC = '/browser-chat/1.0.0/lobby'
/** Gives back what it gets: what the page's speed test talks to. */
export const ECHO = '/browser-chat/echo/1.0.0'
/** Where the page asks for the addresses of the node in Node, as a JSON array. */
export const HUB_PATH = '/hub.json'
