// The yardstick: Koishi with one command that echoes. NODE_PATH=<its node_modules> node benchmarks/koishi.js PORT
const { Context } = require('koishi')

const load = (name) => require(name).default || require(name)

const app = new Context({ prefix: ['/'] })
app.plugin(load('@koishijs/plugin-http'))
app.plugin(load('@koishijs/plugin-server'), { host: '127.0.0.1', port: +process.argv[2] })
app.plugin(load('koishi-plugin-adapter-onebot'), { selfId: '10001', protocol: 'ws-reverse', path: '/onebot' })
app.command('echo <said:text>').action((_, said) => said)
app.start()
