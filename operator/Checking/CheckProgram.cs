using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Operator.Hosting;

namespace SentryOtel.Operator.Checking;

/// <summary>The command <c>check</c> as a process.</summary>
internal static class CheckProgram
{
    public static async Task<int> RunAsync(CheckArguments arguments, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = arguments.Kubeconfig is { } path
                ? KubernetesClientConfiguration.BuildConfigFromConfigFile(path)
                : KubernetesClientConfiguration.BuildDefaultConfig();
            using var client = new KubernetesClient(configuration, new KubernetesClientOptions
            {
                JsonTypeInfoResolvers = [.. OperatorComposition.JsonTypeInfoResolvers, CheckJsonContext.Default],
                UserAgent = $"sentry-otel-operator/{OperatorVersion.Text} check",
            });

            // The operator is in this cluster: a proxy to the world outside leads away from it.
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var http = new HttpMessageInvoker(handler);
            var check = new InstallationCheck(client, http, output, TimeProvider.System);
            var isRight = await check.RunAsync(arguments, OperatorProgram.LeaseNamespace(arguments.LeaderElectionNamespace, configuration), cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync(isRight ? "The installation is right." : "The installation is not right: see the lines that begin with FAILED.").ConfigureAwait(false);
            return isRight ? 0 : OperatorCommand.Failure;
        }
        catch (Exception exception) when (exception is KubernetesConfigurationException or KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            await output.WriteLineAsync($"FAILED  the API server can not be asked: {exception.Message}").ConfigureAwait(false);
            return OperatorCommand.Failure;
        }
    }
}
