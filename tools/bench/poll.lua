-- What wrk asks, and how it tells what came of it.
-- Arguments: a file with "path<TAB>header<TAB>header…" in each line; "in-order" or "at-random"; where to begin.

local requests, turn, at_random = {}, 0, false

function init(args)
    at_random = args[2] == "at-random"
    turn = tonumber(args[3])
    for line in io.lines(args[1]) do
        local path, rest = line:match("^([^\t]*)(.*)$")
        local headers = {}
        for name, value in rest:gmatch("\t([^:\t]+): *([^\t]*)") do
            headers[name] = value
        end
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    if at_random then
        return requests[math.random(#requests)]
    end
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "not_2xx": %d, "socket_errors": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout
    ))
end
