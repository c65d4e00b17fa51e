import Meanwhile
