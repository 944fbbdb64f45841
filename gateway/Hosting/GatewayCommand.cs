using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting.Reloading;

namespace SentryOtel.Gateway.Hosting;

/// <summary>The program: <c>sentry-otel-gateway --config FILE [--validate]</c>.</summary>
internal static class GatewayCommand
{
    /// <summary>It ran, or the file is right.</summary>
    public const int Success = 0;

    /// <summary>It could not run, for example because a port is taken.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the file is wrong.</summary>
    public const int InvalidConfiguration = 2;

    /// <summary>Version of the program, without build metadata.</summary>
    public static string Version { get; } =
        typeof(GatewayCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Runs the program; gives its exit code.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var config = new Option<FileInfo>("--config") { Description = "The configuration file, in the OpenTelemetry Collector's YAML dialect.", HelpName = "FILE", Required = true };
        var validate = new Option<bool>("--validate") { Description = "Check the configuration file, say what is wrong with it, and exit." };
        var root = new RootCommand("Receives OpenTelemetry and sends each service's data to its own Sentry project.") { config, validate };
        root.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(validate), output, error));
        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var problem in result.Errors)
            {
                error.WriteLine(problem.Message);
            }

            return Task.FromResult(InvalidConfiguration);
        }

        // The host handles signals itself: a stop takes as long as the drain.
        return result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static async Task<int> RunAsync(FileInfo file, bool validateOnly, TextWriter output, TextWriter error)
    {
        var source = new ConfigurationSource(file.ToString(), Environment.GetEnvironmentVariable, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var loaded = source.Load();
        foreach (var problem in loaded.Result.Problems)
        {
            await error.WriteLineAsync($"{file}:{problem}");
        }

        if (loaded.Result.Configuration is not { } configuration)
        {
            return InvalidConfiguration;
        }

        if (validateOnly)
        {
            await output.WriteLineAsync($"{file}: the configuration is valid");
            await output.WriteAsync(ConfigurationSummary.Of(configuration));
            return Success;
        }

        return await ServeAsync(configuration, source, loaded);
    }

    // Kubernetes sets it in every container.
    private static bool InPod => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    private static async Task<int> ServeAsync(GatewayConfiguration configuration, ConfigurationSource source, LoadedConfiguration loaded)
    {
        var threshold = new LogThreshold(configuration.Telemetry.LogLevel);
        using var loggerFactory = Logging(configuration.Telemetry, threshold);
        var logger = loggerFactory.CreateLogger("SentryOtel.Gateway");
        var stop = new TaskCompletionSource<PosixSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        try
        {
            var services = new GatewayServices { LoggerFactory = loggerFactory, Version = Version, LogThreshold = threshold, Farewell = InPod ? TimeSpan.FromSeconds(5) : TimeSpan.Zero };
            await using var host = new GatewayHost(configuration, services);
            using var reloader = new ConfigurationReloader(host, source, loaded, services.TimeProvider, logger);
            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload);
            await host.StartAsync(CancellationToken.None);
            using var stopping = new CancellationTokenSource();
            var reloading = reloader.RunAsync(stopping.Token);
            var signal = await stop.Task;
            Log.Stopping(logger, signal.ToString(), host.Configuration.DrainTimeout.TotalSeconds);
            await stopping.CancelAsync();
            await reloading;
            await host.StopAsync();
            return Success;

            void OnReload(PosixSignalContext context)
            {
                context.Cancel = true;
                reloader.Ask();
            }
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
            return Failure;
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult(context.Signal);
        }
    }

    private static ILoggerFactory Logging(TelemetryConfiguration telemetry, LogThreshold threshold) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Trace);
        builder.AddFilter(threshold.Passes);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        _ = telemetry.JsonLogs
            ? builder.AddJsonConsole(options => options.UseUtcTimestamp = true)
            : builder.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
    });
}
