using SentryOtel.Gateway.Hosting;

return await GatewayCommand.RunAsync(args, Console.Out, Console.Error);
