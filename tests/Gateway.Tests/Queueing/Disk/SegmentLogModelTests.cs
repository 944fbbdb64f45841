using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>Random histories of a log on a bad disk, compared with a model that is a set of what was acknowledged and not done.</summary>
public sealed class SegmentLogModelTests
{
    private enum Step
    {
        Append,
        AppendMany,
        Begin,
        Forget,
        ForgetMost,
        NoSpace,
        IoError,
        KillDuringWork,
        Kill,
        Reboot,
        Corrupt,
    }

    [Fact]
    public void What_was_acknowledged_and_is_not_done_is_there_after_any_history()
    {
        var steps = Gen.Choose(0, int.MaxValue - 1).Two().ListOf(60);
        Prop.ForAll(steps.ToArbitrary(), history => Run(history).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(20261122, 17));
    }

    private static async Task<bool> Run(IEnumerable<(int Kind, int Seed)> history)
    {
        using var rig = new LogRig();
        foreach (var (kind, seed) in history)
        {
            var random = new Random(seed);
            var step = (Step)(kind % Enum.GetValues<Step>().Length);
            rig.Note(step.ToString());
            await (step switch
            {
                Step.Append => rig.AppendAsync(1, random),
                Step.AppendMany => rig.AppendAsync(1 + random.Next(8), random),
                Step.Begin => rig.BeginAsync(random),
                Step.Forget => rig.ForgetAsync(1, random),
                Step.ForgetMost => rig.ForgetAsync(int.MaxValue, random),
                Step.NoSpace => rig.FailAsync(FaultyFiles.NoSpace, random),
                Step.IoError => rig.FailAsync(FaultyFiles.IoError, random),
                Step.KillDuringWork => rig.KillDuringWorkAsync(random),
                Step.Kill => rig.RestartAsync(reboot: false),
                Step.Reboot => rig.RestartAsync(reboot: true),
                _ => rig.CorruptAsync(random),
            });
        }

        await rig.RestartAsync(reboot: false);
        return true;
    }

    private sealed class LogRig : IDisposable
    {
        // What is done is known to be so at once; but a fault may keep that from being written, and a crash of the machine may lose it.
        private const long MaxBytes = 2 * 1024 * 1024;

        private readonly FaultyFiles _files = new(new Random(3));
        private readonly FakeTimeProvider _time = new();
        private readonly ProjectAccount _account = new("sentry", OtlpSignal.Traces, "orders");
        private readonly Dictionary<int, StoredRecord> _acknowledged = [];
        private readonly HashSet<int> _uncertain = [];
        private readonly HashSet<int> _repeatable = [];
        private readonly HashSet<int> _damaged = [];
        private readonly HashSet<int> _done = [];
        private readonly HashSet<int> _begun = [];
        private bool _wasRebooted;
        private SegmentLog _log;
        private DiskLine _line;
        private readonly StringBuilder _trace = new();
        private int _last;

        public LogRig()
        {
            (_log, _line) = Open();
        }

        public void Note(string step) => _trace.Append(' ').Append(step);

        public async Task AppendAsync(int count, Random random)
        {
            var tasks = new List<(Task<AppendResult> Done, List<(int Id, StoredRecord Record)> Records)>();
            for (var i = 0; i < count; i++)
            {
                var group = new AppendGroup();
                var records = new List<(int, StoredRecord)>();
                for (var part = random.Next(3); part >= 0; part--)
                {
                    var id = ++_last;
                    var payload = Payload(id, random.Next(100_000));
                    var record = new StoredRecord(_line, payload.Length + AppendGroup.HeadBytes(_line.Value, "orders"), 1, 0);
                    if (_log.TryReserve(record.Length))
                    {
                        group.Add(record, _log.NextSequence(), new RecordPayload([payload.AsMemory(0, payload.Length / 2), payload.AsMemory(payload.Length / 2)]));
                        records.Add((id, record));
                    }
                }

                if (records.Count > 0)
                {
                    tasks.Add((_log.AppendAsync(group), records));
                }
            }

            foreach (var (done, records) in tasks)
            {
                var result = await done;
                foreach (var (id, record) in records)
                {
                    if (result == AppendResult.Committed)
                    {
                        _acknowledged[id] = record;
                    }
                    else
                    {
                        _uncertain.Add(id);
                    }
                }
            }

            await SettleAsync();
        }

        public async Task ForgetAsync(int most, Random random)
        {
            foreach (var (id, record) in _acknowledged.OrderBy(_ => random.Next()).Take(Math.Min(most, _acknowledged.Count * 9 / 10)).ToArray())
            {
                _acknowledged.Remove(id);
                (_files.HasFault || _wasRebooted ? _repeatable : _done).Add(id);
                if (random.Next(2) == 0)
                {
                    _log.Finish([record]);
                }

                _log.Forget(record);
            }

            await SettleAsync();
        }

        public async Task BeginAsync(Random random)
        {
            foreach (var (id, record) in _acknowledged.OrderBy(_ => random.Next()).Take(3).ToArray())
            {
                _log.Begin([record]);
                if (!_files.HasFault && !_wasRebooted)
                {
                    _begun.Add(id);
                }
            }

            await SettleAsync();
        }

        public async Task FailAsync(int error, Random random)
        {
            _files.FailAfter(random.Next(4), error);
            await AppendAsync(2, random);
            _time.Advance(TimeSpan.FromSeconds(2));
            await SettleAsync();
        }

        public async Task KillDuringWorkAsync(Random random)
        {
            _files.CrashAfter(random.Next(6));
            await AppendAsync(1 + random.Next(4), random);
            await ForgetAsync(3, random);
            await RestartAsync(reboot: false);
        }

        public async Task CorruptAsync(Random random)
        {
            await RestartAsync(reboot: false);
            if (_acknowledged.Count == 0)
            {
                return;
            }

            var (id, record) = _acknowledged.ElementAt(random.Next(_acknowledged.Count));
            var (segment, offset) = record.Place;
            _files.Corrupt(SegmentName.Of(segment.Number, SegmentName.Records), offset + random.Next(record.Length));
            _damaged.Add(id);
            _acknowledged.Remove(id);
            await RestartAsync(reboot: false);
        }

        public async Task RestartAsync(bool reboot)
        {
            var old = _log;
            if (reboot)
            {
                _files.Reboot();
                _wasRebooted = true;
                _repeatable.UnionWith(_done);
                _done.Clear();
                _begun.Clear();
            }
            else
            {
                _files.Restart();
            }

            await old.WhenIdleAsync();
            old.Dispose();
            (_log, _line) = Open();
            var found = new Dictionary<int, StoredRecord>();
            var records = new List<(StoredRecord Record, bool IsBegun)>();
            while (_log.RecoverNext(Attach))
            {
            }

            records.ForEach(entry => Check(entry.Record, entry.IsBegun, found));

            // Deletions that a crash of the machine undid may bring a record and its copy back.
            Assert.True(_wasRebooted || found.Count == records.Count, $"{records.Count - found.Count} records were found twice after {_trace}");

            await SettleAsync();
            Assert.True(_acknowledged.Keys.All(found.ContainsKey), $"lost: {string.Join(", ", _acknowledged.Keys.Except(found.Keys))} after {_trace}");

            // What comes back beyond it was never answered, or was done shortly before the end.
            Assert.Empty(found.Keys.Except(_acknowledged.Keys).Except(_uncertain).Except(_repeatable).Except(_damaged));
            Assert.True(_log.UsedBytes >= 0);
            _acknowledged.Clear();
            foreach (var (id, record) in found.Where(pair => !_uncertain.Contains(pair.Key)))
            {
                _acknowledged[id] = record;
            }

            StoredRecord Attach(ScannedRecord scanned, bool isBegun)
            {
                Assert.Equal(("orders", "orders"), (scanned.Value, scanned.Project));
                var record = new StoredRecord(_line, scanned.Header.Length, scanned.Header.Items, scanned.Header.AcceptedAt);
                records.Add((record, isBegun));
                return record;
            }
        }

        public void Dispose()
        {
            _log.Dispose();
            _files.Dispose();
        }

        private static byte[] Payload(int id, int size) =>
            [.. BitConverter.GetBytes(id), .. Encoding.ASCII.GetBytes(new string((char)('a' + (id % 26)), size))];

        private void Check(StoredRecord record, bool isBegun, Dictionary<int, StoredRecord> found)
        {
            var bytes = new byte[record.Length];
            Assert.True(_log.TryRead(record, bytes, out var header));
            var payload = bytes.AsSpan(header.Length - header.PayloadLength);
            var id = BitConverter.ToInt32(payload);
            Assert.True(payload.SequenceEqual(Payload(id, payload.Length - sizeof(int))), $"record {id} came back changed");
            Assert.True(isBegun || !_begun.Contains(id), $"nothing tells that the sending of record {id} had begun, after {_trace}");
            found[id] = record;
        }

        private async Task SettleAsync()
        {
            await _log.WhenIdleAsync();
            Assert.True(_log.UsedBytes <= MaxBytes + (128 * 1024), $"{_log.UsedBytes} bytes are used");
        }

        private (SegmentLog Log, DiskLine Line) Open() => (
            new SegmentLog(_files, SegmentLogLimits.For(MaxBytes, sync: true), new DiskCounters(), _time, NullLogger.Instance),
            new DiskLine(null!, "orders", OtlpSignal.Traces, _account, new ProjectShare()));
    }
}
