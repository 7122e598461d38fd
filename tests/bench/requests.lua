-- Goes through request bodies (file $BODIES, one a line) with headers ($HEADERS: "Name: value" lines); prints JSON.
local bodies, headers = {}, {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
for line in io.lines(os.getenv("HEADERS")) do
  local k, v = line:match("^([^:]+): (.*)$")
  if k then headers[k] = v end
end
local method, i = os.getenv("METHOD") or "POST", 0
function request()
  i = i % #bodies + 1
  return wrk.format(method, nil, headers, bodies[i] ~= "" and bodies[i] or nil)
end
function done(s, l)
  io.write(string.format('JSON {"rps":%.1f,"p95_ms":%.2f,"non2xx":%d,"sockerr":%d,"requests":%d}\n',
    s.requests / s.duration * 1e6, l:percentile(95) / 1e3,
    s.errors.status, s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout, s.requests))
end
