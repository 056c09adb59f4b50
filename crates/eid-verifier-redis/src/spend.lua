-- One spend, or a look at the ledger: one act on the server. It answers; whether the code passes is judged at the desk.
-- The session writes three lines above: the replication id and the server's names (replication id and run id) as its
-- connection read them, and the margin.
-- KEYS: the record of the beginning, the note, the entry.
-- ARGV: attempt, the beginning that the code was judged with, the entry's end (0: insert nothing), the desk's time.
local call, attempt = redis.call, ARGV[1]

local about = call('INFO', 'replication')
if not about:find('\r\nrole:master\r\n', 1, true) then
  return redis.error_reply('READONLY this server is a replica')
end
if not about:find(replication, 1, true) then
  return redis.error_reply('RENAMED this server has another replication id now')
end
-- The first to come in a second looks at this, which costs more than all the rest.
local noted = call('GET', KEYS[2])
if not noted and not call('INFO', 'memory'):find('\r\nmaxmemory_policy:noeviction\r\n', 1, true) then
  return redis.error_reply('EVICTS this server may evict keys now')
end
local now = call('TIME')[1]
local ahead = now - ARGV[4]
local differs = ahead * 2 > margin or ahead * -2 > margin

-- Times stay the strings that they come as, where they can: writing numbers is slow.
local record = call('HMGET', KEYS[1], 'server', 'began', 'own')
local began, own = record[2], record[3]
if record[1] ~= server or began ~= ARGV[2] or own ~= now then
  -- A time as this script writes it, or else nothing: what another hand wrote is no time.
  local function seconds(text)
    local number = text and text:find('^%d+$') and tonumber(text)
    return tostring(number) == text and number
  end
  local since, latest = seconds(began), seconds(own)
  if record[1] == server and since and latest then
    -- The server's time counts even if the desk's clock is wrong, or the spend is refused.
    if latest < tonumber(now) then
      own = now
      call('HSET', KEYS[1], 'own', own)
    end
  elseif not differs then
    -- By the last time that is known: this server's clock may be behind that of the one before it.
    local last = math.max(latest or 0, now)
    began, own = tostring(math.max(since or 0, last + margin)), tostring(last)
    call('HSET', KEYS[1], 'server', server, 'began', began, 'own', own)
  end
end
if differs then
  return attempt .. ' clock 0 0 ' .. now
end

local answer = ' seen '
if began == ARGV[2] and own + margin < tonumber(ARGV[3]) then
  local earlier = call('SET', KEYS[3], attempt, 'NX', 'GET', 'EXAT', ARGV[3])
  answer = (not earlier or earlier == attempt) and ' fresh ' or ' spent '
end
-- All this holds to the end of the second, unless the note is lost. It is for this process alone: from a replica it might come
-- back.
local times = began .. ' ' .. own .. ' ' .. now
if noted ~= times then
  redis.set_repl(redis.REPL_NONE)
  call('SET', KEYS[2], times, 'PXAT', (now + 1) * 1000 - 1)
end
return attempt .. answer .. times
