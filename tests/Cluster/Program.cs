using System.CommandLine;
using SentryOtel.Cluster;

return await new RootCommand("A Kubernetes control plane for tests, on this machine's loopback address") { UpCommand.Create() }
    .Parse(args)
    .InvokeAsync();
