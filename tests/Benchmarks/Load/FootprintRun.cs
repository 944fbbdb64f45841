using System.Globalization;

namespace SentryOtel.Benchmarks.Load;

/// <summary>What the gateway costs that has nothing to do: how long until it is ready, what memory it holds, how large the program is.</summary>
internal sealed class FootprintRun(LoadOptions options, TextWriter output)
{
    private const double MiB = 1024 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly Dictionary<string, string> Dsns = new() { ["service-0"] = "http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1" };

    /// <summary>Always right: there is nothing to lose.</summary>
    public async Task<bool> RunAsync()
    {
        // The first start reads the program from the disk, and compiles what is measured with.
        await using (await GatewayProcess.StartAsync(options, Dsns))
        {
        }

        var (ready, cpu) = (new List<double>(), new List<double>());
        for (var start = 0; start < options.Rounds; start++)
        {
            await using var gateway = await GatewayProcess.StartAsync(options, Dsns);
            cpu.Add(gateway.Process.CpuTime.TotalMilliseconds);
            ready.Add(gateway.ReadyAfter.TotalMilliseconds);
        }

        await using var idle = await GatewayProcess.StartAsync(options, Dsns);
        await Task.Delay(options.WarmUpSeconds > 1 ? IdleTime : TimeSpan.FromSeconds(1));
        output.WriteLine("| program MiB | ready ms, lowest / median | CPU ms until ready, median | idle MiB | of it anonymous | mapped files |");
        output.WriteLine("|---|---|---|---|---|---|");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {new FileInfo(options.Gateway).Length / MiB:0.0} | {ready.Min():0} / {Median(ready):0} | {Median(cpu):0} | {idle.Process.ResidentMiB:0.0} | {idle.Process.AnonymousMiB:0.0} | {idle.Process.MappedMiB:0.0} |"));
        return true;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
