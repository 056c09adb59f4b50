-- One spend, or a look at the ledger: one act on the server. It answers; whether the code passes is judged at the desk.
-- KEYS: the record of the beginning, the entry.
-- ARGV: attempt, the server's names as this connection read them (replication id and run id), the beginning that the code
--       was judged with, the own time from which nothing may be inserted any more (0: insert nothing), the entry's end in
--       ms, the desk's time, the margin.
local attempt, server, limit, desk = ARGV[1], ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[6])

local about = redis.call('INFO', 'replication')
if not about:find('role:master\r\n', 1, true) then
  return redis.error_reply('READONLY this server is a replica')
end
if not about:find('master_replid:' .. server:sub(1, 40), 1, true) then
  return redis.error_reply('RENAMED this server has another replication id now')
end
local now = tonumber(redis.call('TIME')[1])

local record = redis.call('HMGET', KEYS[1], 'server', 'began', 'own')
local began, own = tonumber(record[2]), tonumber(record[3])
local bound = record[1] == server and began and own
-- The server's time counts even if the desk's clock is wrong, or the spend is refused.
if bound and own < now then
  own = now
  redis.call('HSET', KEYS[1], 'own', own)
end
if math.abs(now - desk) * 2 > tonumber(ARGV[7]) then
  return attempt .. ' clock ' .. now .. ' 0 0'
end
if not bound then
  began, own = math.max(began or 0, now + ARGV[7]), math.max(own or 0, now)
  redis.call('HSET', KEYS[1], 'server', server, 'began', began, 'own', own)
end

local answer = ' seen '
if own < limit and began == tonumber(ARGV[3]) then
  local earlier = redis.call('SET', KEYS[2], attempt, 'NX', 'GET', 'PXAT', ARGV[5])
  answer = (not earlier or earlier == attempt) and ' fresh ' or ' spent '
end
return attempt .. answer .. now .. ' ' .. began .. ' ' .. own
