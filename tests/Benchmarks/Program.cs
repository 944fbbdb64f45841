using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SentryOtel.Benchmarks.Load;
using SentryOtel.Benchmarks.Otlp;
using SentryOtel.Benchmarks.Scale;

if (args is ["load", .. var rest])
{
    return await LoadCommand.RunAsync(rest);
}

if (args is ["scale", .. var options])
{
    return await ScaleCommand.RunAsync(options);
}

// In process: the numbers of one run are compared with each other, and no project has to be generated and built.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
var switcher = BenchmarkSwitcher.FromAssembly(typeof(RequestBenchmarks).Assembly);
_ = args.Length == 0 ? switcher.RunAll(config) : switcher.Run(args, config);
return 0;
