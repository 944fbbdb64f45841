using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>Runs a credential program once and checks its answer. Its standard error goes where ours goes.</summary>
internal sealed class ExecPlugin(ExecConfig config, KubernetesClientConfiguration cluster)
{
    public async Task<ExecCredentialStatus> RunAsync(CancellationToken cancellationToken)
    {
        var interactive = config.InteractiveMode != ExecInteractiveMode.Never && !Console.IsInputRedirected;
        if (config.InteractiveMode == ExecInteractiveMode.Always && !interactive)
        {
            throw Wrong("needs a terminal (interactiveMode Always), and there is none");
        }

        using var process = Start(interactive);
        string output;
        try
        {
            if (!interactive)
            {
                process.StandardInput.Close();
            }

            output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0 ? Read(output) : throw Wrong($"ended with exit code {process.ExitCode}");
    }

    private Process Start(bool interactive)
    {
        var start = new ProcessStartInfo(config.Command)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = !interactive,
            UseShellExecute = false,
        };
        foreach (var argument in config.Args)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in config.Env)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(Information(interactive), ExecJsonContext.Default.ExecCredential);
        try
        {
            return Process.Start(start) ?? throw Wrong("did not start");
        }
        catch (Win32Exception exception)
        {
            var hint = config.InstallHint is null ? "" : $" {config.InstallHint}";
            throw new KubernetesConfigurationException(
                $"The credential plugin \"{config.Command}\" can not be started: {exception.Message}.{hint}", exception);
        }
    }

    private ExecCredential Information(bool interactive)
    {
        var information = new ExecCredential
        {
            ApiVersion = config.ApiVersion,
            Kind = nameof(ExecCredential),
            Spec = new ExecCredentialSpec { Interactive = interactive },
        };
        if (config.ProvideClusterInfo)
        {
            information.Spec.Cluster = new ExecCluster
            {
                Server = cluster.Host.OriginalString,
                TlsServerName = cluster.TlsServerName,
                InsecureSkipTlsVerify = cluster.SkipTlsVerify ? true : null,
                CertificateAuthorityData = cluster.CertificateAuthority is { } pem ? Encoding.UTF8.GetBytes(pem.Read()) : null,
                ProxyUrl = cluster.ProxyUrl?.OriginalString,
                Config = config.ClusterConfig is { } json ? JsonElement.Parse(json) : null,
            };
        }

        return information;
    }

    private ExecCredentialStatus Read(string output)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredential);
        }
        catch (JsonException)
        {
            // The parser's message may quote what was printed, and that is a secret.
            throw Wrong("printed something that is not an ExecCredential in JSON");
        }

        if (answer?.Kind != nameof(ExecCredential) || answer.ApiVersion != config.ApiVersion)
        {
            throw Wrong($"must answer with kind ExecCredential and apiVersion {config.ApiVersion}, and did not");
        }

        var status = answer.Status ?? throw Wrong("answered without a status");
        var hasCertificate = !string.IsNullOrEmpty(status.ClientCertificateData);
        if (hasCertificate == string.IsNullOrEmpty(status.ClientKeyData))
        {
            throw Wrong("must answer with both clientCertificateData and clientKeyData, or neither");
        }

        return hasCertificate || !string.IsNullOrEmpty(status.Token) ? status : throw Wrong("answered with neither token nor certificate");
    }

    private KubernetesConfigurationException Wrong(string what) => new($"The credential plugin \"{config.Command}\" {what}.");
}
