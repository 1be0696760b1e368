-- Sends one request in the names of many clients, so that hardly a connection carries the same bytes twice in a row.
local requests, next_one = {}, 0

function init()
  for number = 1, 1000 do
    local headers = {["User-Agent"] = "client " .. number}
    for name, value in pairs(wrk.headers) do
      headers[name] = value
    end
    requests[number] = wrk.format(nil, nil, headers)
  end
  next_one = math.random(#requests)
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
