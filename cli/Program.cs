using SentryOtel.Cli.CommandLine;

return await CliCommand.RunAsync(args, CliEnvironment.Process);
