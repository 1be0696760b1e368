-- Sends the profiles of a file, one a line, again and again. wrk -s check.lua URL -- FILE
local requests, next_one = {}, 0

function init(arguments)
  for profile in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, {["Content-Type"] = "application/json"}, profile)
  end
  next_one = math.random(#requests)
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
